/** Random bytes as base64url: the form of the shop's tokens. */
export function randomText(bytes: number): string {
  const text = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** A random UUID (RFC 9562, version 4). `crypto.randomUUID` is missing on pages served over plain http. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte, at) => {
    const value = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte
    return value.toString(16).padStart(2, '0')
  }).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A new trace and a span in it, as a `traceparent` header names them (W3C Trace Context, 3.2). */
export function newTraceparent(): string {
  const hex = () => randomUuid().replaceAll('-', '')
  return `00-${hex()}-${hex().slice(16)}-01`
}
