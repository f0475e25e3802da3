import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { wrongPassword } from './errors.ts'

/** Who is signed in, and under which session. A program of the shop is nobody. */
export function signedIn({ actor }: Context): { userId: user.UserId; sessionId: string } {
  if (actor.kind !== 'customer' && actor.kind !== 'staff') throw common.unauthenticated()
  return actor
}

/** The same, with their account locked: it may still act, and nobody else changes it until this call ends. */
export async function lockSignedIn(ctx: Context) {
  const { userId, sessionId } = signedIn(ctx)
  const account = await user.lockActive(ctx, userId)
  if (account === null || account.email === null) throw common.unauthenticated()
  return { userId, sessionId, role: account.role, email: account.email }
}

/**
 * The same, for somebody whose password was checked before the transaction, null when it was wrong. Raises
 * `wrong_password`, also when it has become another since.
 */
export async function lockProven(ctx: Context, checked: credentials.Checked | null) {
  const me = await lockSignedIn(ctx)
  if (checked === null || !(await credentials.replace(ctx, me.userId, checked.hash, checked.hash)))
    throw wrongPassword()
  return me
}
