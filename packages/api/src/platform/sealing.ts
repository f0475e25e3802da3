import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** What a sealed text is for, and the row it belongs to: it opens for no other. */
export interface Seal {
  readonly purpose: string
  readonly owner: string
}

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
const TAG_BYTES = 16

interface Key {
  /** Names the key in what it seals, so that what another one sealed is found without opening it. */
  readonly name: string
  readonly bytes: Uint8Array
}

function keyOf(secret: string, purpose: string): Key {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, '', `barrow seal ${purpose}`, 32))
  return { bytes, name: createHash('sha256').update('barrow key name').update(bytes).digest('base64url').slice(0, 8) }
}

/** How everything begins that the first of the secrets seals for a purpose. */
export const sealPrefix = ([secret = '']: readonly string[], purpose: string): string =>
  `${VERSION}.${keyOf(secret, purpose).name}.`

/** Encrypts a text that must be read again (AES-256-GCM), with a key derived from the first of the secrets (HKDF). */
export function seal([secret = '']: readonly string[], { purpose, owner }: Seal, text: string): string {
  const key = keyOf(secret, purpose)
  const iv = randomBytes(12)
  const cipher = createCipheriv(CIPHER, key.bytes, iv).setAAD(Buffer.from(owner))
  const parts = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return `${VERSION}.${key.name}.${Buffer.concat(parts).toString('base64url')}`
}

/**
 * Opens a sealed text with whichever of the secrets sealed it; undefined when none did, or when it was sealed for
 * something else or changed since.
 */
export function unseal(secrets: readonly string[], { purpose, owner }: Seal, sealed: string): string | undefined {
  const [version, name, packed = ''] = sealed.split('.')
  const key = secrets.map((secret) => keyOf(secret, purpose)).find((key) => key.name === name)
  const bytes = Buffer.from(packed, 'base64url')
  if (version !== VERSION || key === undefined || bytes.length < 12 + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, 12), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(12, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
