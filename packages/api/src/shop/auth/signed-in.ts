import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import * as user from '../user/index.ts'

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
