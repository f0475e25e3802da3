import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** What every authenticator app understands (RFC 6238 with SHA-1, six digits, 30 seconds). */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const

/** Clocks of phones go wrong, and people type slowly: a code counts one step before and after its own. */
const WINDOW = 1

/** A secret for an app, 160 bits in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

/** What an app is told, by a QR code of it. */
export const totpUri = (secret: string, { issuer, label }: { issuer: string; label: string }): string =>
  new TOTP({ ...form, secret, issuer, label }).toString()

/** The time step whose code this is, at `now` (milliseconds, UTC); null when it is none. */
export function totpStep(secret: string, code: string, now: number): number | null {
  const totp = new TOTP({ ...form, secret })
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : totp.counter({ timestamp: now }) + delta
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Ten codes of 80 random bits each, as they are shown: `7xk2-…`, four letters and digits at a time. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: 10 }, () =>
    [...randomBytes(16)]
      .map((byte, at) => `${at > 0 && at % 4 === 0 ? '-' : ''}${ALPHABET.charAt(byte % 32)}`)
      .join(''),
  )
