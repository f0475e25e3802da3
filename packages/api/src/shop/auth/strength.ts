import type { Config } from '../../platform/config.ts'
import type { Context } from '../../platform/context.ts'
import type { Role } from '../user/index.ts'
import { isCommon, isDressedUp } from './common-passwords.ts'
import { weakPassword } from './errors.ts'

/** Whose password it is to be. */
export interface Account {
  readonly email: string
  readonly role: Role
}

const MIN_STAFF = 15

/** The fewest characters a password may have; characters are counted as people do, not in UTF-16 units. */
export const minimumFor = (config: Config, role: Role): number =>
  role === 'customer' ? config.accounts.minPassword : Math.max(MIN_STAFF, config.accounts.minPassword)

export const isTooShort = (config: Config, password: string, role: Role): boolean =>
  [...password].length < minimumFor(config, role)

/** The hash of a password that an account may have: outside of any transaction, it takes its time. Raises `weak_password`. */
export async function hashNew(ctx: Context, password: string, account: Account): Promise<string> {
  await checkStrength(ctx, password, account)
  return ctx.passwords.hash(password)
}

/**
 * Refuses what is guessed first. Length is what counts (OWASP ASVS 6.2): no kinds of characters are asked for. It may ask
 * the service for leaked passwords, so it is not for a transaction.
 */
export async function checkStrength(ctx: Context, password: string, account: Account): Promise<void> {
  const minimum = minimumFor(ctx.config, account.role)
  if (isTooShort(ctx.config, password, account.role)) throw weakPassword({ problem: 'too_short', minimum })
  if (isDressedUp(password, wordsAround(ctx.config, account.email)))
    throw weakPassword({ problem: 'too_close', minimum })
  if (await isCommon(password)) throw weakPassword({ problem: 'too_common', minimum })
  if (await ctx.breaches.holds(password)) throw weakPassword({ problem: 'leaked', minimum })
}

/** The e-mail address and the shop's names, whole and in parts: whoever guesses at this account knows them. */
function wordsAround({ mail, storefrontUrl, http }: Config, email: string): ReadonlySet<string> {
  const hosts = [storefrontUrl, http.publicUrl].map((url) => new URL(url).hostname)
  const names = [email, email.split('@')[0] ?? '', mail.from.name ?? '', mail.from.address, ...hosts]
  const folded = names.map((name) => name.normalize('NFKC').toLowerCase())
  const parts = folded.flatMap((name) => [
    name,
    ...name.split(/[^\p{L}\p{N}]+/u),
    name.replaceAll(/[^\p{L}\p{N}]/gu, ''),
  ])
  // Shorter ones begin and end many a word that has nothing to do with them.
  return new Set(parts.filter((part) => part.length >= 4))
}
