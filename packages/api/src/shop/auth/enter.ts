import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import * as cart from '../cart/index.ts'
import type { Role, UserId } from '../user/index.ts'
import { me } from './me.ts'
import type { MeView } from './schema.ts'
import { sessionsOf } from './session-store.ts'

/** Somebody who has got in, and the token that says so. */
export interface Entered {
  readonly token: string
  readonly view: MeView
}

const guestOf = ({ actor }: Context): string | null => ('guest' in actor ? actor.guest : null)

/**
 * Begins a session for somebody who has proved who they are, and whose row the caller holds: the last step of every login.
 * The session it was done under ends; a customer takes the cart of the visitor they were along.
 */
export async function enter(ctx: Context, account: { id: UserId; role: Role }): Promise<Entered> {
  const sessions = sessionsOf(ctx.em)
  if ('sessionId' in ctx.actor) await sessions.end(ctx.actor.sessionId)
  const token = await sessions.begin(account.id)
  const guest = guestOf(ctx)
  if (guest !== null && account.role === 'customer') await cart.merge(ctx, { guest, userId: account.id })
  audit(ctx, { subject: account.id })
  return { token, view: await me(ctx, account.id) }
}

/** Hands the token over, once the session is committed: as a cookie or a header, never in the answer. */
export function welcome(ctx: Context, { token, view }: Entered): MeView {
  ctx.credentials.setSession(token)
  if (guestOf(ctx) !== null && view.role === 'customer') ctx.credentials.setGuest(null)
  return view
}
