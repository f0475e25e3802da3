import { hash, randomBytes } from 'node:crypto'

/** Session, API key, guest, half-done login (challenge). The prefix says what a token opens, and lets scanners find one that leaked. */
export type TokenKind = 'bs' | 'bk' | 'bg' | 'bc'

/** A secret for its holder alone: the prefix and 32 random bytes in base64url. Only its {@link hashToken} is stored. */
export const newToken = (kind: TokenKind): string => `${kind}_${randomBytes(32).toString('base64url')}`

/** What is stored of a token: SHA-256 in hex. 256 random bits need no salt and no slow hash. */
export const hashToken = (token: string): string => hash('sha256', token, 'hex')
