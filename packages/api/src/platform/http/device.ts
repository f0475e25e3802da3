import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * What a browser keeps of having signed in to an account: a name of its own, and a signature that binds it to the account.
 * It opens nothing. Tries of a password from it are counted apart from those of strangers (OWASP, "Slow Down Online
 * Guessing Attacks with Device Cookies").
 */
const TOKEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

const signatureOf = (secret: string, name: string, account: string): Buffer =>
  createHmac('sha256', secret).update(`device:${name}:${account}`).digest()

export function newDevice([secret = '']: readonly string[], account: string): string {
  const name = randomBytes(16).toString('base64url')
  return `${name}.${signatureOf(secret, name, account).toString('base64url')}`
}

/** The name of a device that has signed in to this account; undefined for one that has not. */
export function deviceName(secrets: readonly string[], token: string, account: string): string | undefined {
  const [, name, signature] = TOKEN.exec(token) ?? []
  if (name === undefined || signature === undefined) return undefined
  const given = Buffer.from(signature, 'base64url')
  return secrets.some((secret) => timingSafeEqual(given, signatureOf(secret, name, account))) ? name : undefined
}
