import { emailKey, type Role } from '../user/index.ts'
import { isCommon } from './common-passwords.ts'
import { weakPassword } from './errors.ts'
import { MIN_PASSWORD } from './schema.ts'

/** Refuses what is guessed first. Length is what counts (OWASP ASVS 6.2): no kinds of characters are asked for. */
export function checkStrength(password: string, account: { email: string; role: Role }): void {
  const minimum = MIN_PASSWORD[account.role]
  if ([...password].length < minimum) throw weakPassword({ problem: 'too_short', minimum })
  const folded = emailKey(password)
  const key = emailKey(account.email)
  if (folded === key || folded === key.split('@')[0]) throw weakPassword({ problem: 'is_email', minimum })
  if (isCommon(password)) throw weakPassword({ problem: 'too_common', minimum })
}
