import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as credentials from './credentials.ts'
import { type ConfirmPassword, type Done, done } from './schema.ts'
import { sessionsOf } from './session-store.ts'
import { endCurrent } from './sessions.ts'
import { lockProven, signedIn } from './signed-in.ts'

/**
 * Proves anew who is signed in, for what needs a recent login. The session ends and a new one begins, whose token goes back
 * as the first one did: whoever got hold of the old token has nothing of it. Raises `wrong_password`.
 */
export async function confirmPassword(ctx: Context, input: ConfirmPassword): Promise<Done> {
  const checked = await credentials.check(ctx, signedIn(ctx).userId, input.password)
  const token = await inTransaction(ctx, async (ctx) => {
    const { userId } = await lockProven(ctx, checked)
    if (!(await endCurrent(ctx))) throw common.unauthenticated()
    audit(ctx, { subject: userId })
    return sessionsOf(ctx.em).begin(userId)
  })
  ctx.credentials.setSession(token)
  return done
}
