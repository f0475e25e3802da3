import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './addresses.ts'

const overTls = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return protocol === 'https:' || host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))
}

/** How accounts are kept safe. */
export const accountSettings = {
  /** The fewest characters of a customer's password, 8 or more. Those of staff always have 15. */
  PASSWORD_MIN_LENGTH: z.coerce.number().int().min(8).max(64).default(12),
  /**
   * The memory of one password hash (argon2id), in KiB. As many are made at once as the machine has cores; on a small one
   * take less, down to 19456.
   */
  PASSWORD_HASH_KIB: z.coerce.number().int().min(19_456).max(1_048_576).default(65_536),
  /** How often a password hash goes over its memory. Hashes made with less are renewed as people sign in. */
  PASSWORD_HASH_PASSES: z.coerce.number().int().min(2).max(20).default(3),
  /**
   * A service that knows leaked passwords, such as `https://api.pwnedpasswords.com`: it is told five of the 40 digits of a
   * new password's SHA-1. One that does not answer within a second is passed over. None when unset.
   */
  BREACHED_PASSWORDS_URL: z
    .url({ protocol: /^https?$/ })
    .refine(overTls, 'must be https unless it is this machine')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  /**
   * Let the answers to registering and to asking for a new password say whether an address has an account: friendlier, and
   * anybody can find out who is a customer.
   */
  REVEAL_ACCOUNTS: z.stringbool().default(false),
  /** Let staff and admins do nothing before they have enrolled an authenticator app. */
  REQUIRE_ADMIN_MFA: z.stringbool().default(false),
}

type Settings = z.output<z.ZodObject<typeof accountSettings>>

export interface AccountConfig {
  readonly minPassword: number
  readonly hash: { readonly memoryKib: number; readonly passes: number }
  readonly breachedPasswordsUrl: string | undefined
  readonly reveal: boolean
  readonly requireMfa: boolean
}

export const readAccounts = (settings: Settings): AccountConfig => ({
  minPassword: settings.PASSWORD_MIN_LENGTH,
  hash: { memoryKib: settings.PASSWORD_HASH_KIB, passes: settings.PASSWORD_HASH_PASSES },
  breachedPasswordsUrl: settings.BREACHED_PASSWORDS_URL,
  reveal: settings.REVEAL_ACCOUNTS,
  requireMfa: settings.REQUIRE_ADMIN_MFA,
})
