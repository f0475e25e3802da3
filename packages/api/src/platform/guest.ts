import type { Context } from './context.ts'
import { hashToken, newToken } from './tokens.ts'

/** The hash of a guest's token. A guest who brings none gets one, in a cookie or a header: see `Credentials`. */
export function ensureGuest(ctx: Context): string {
  if (ctx.actor.kind !== 'guest') throw new Error(`a ${ctx.actor.kind} has no guest token`)
  if (ctx.actor.guest !== null) return ctx.actor.guest
  const token = newToken('bg')
  ctx.credentials.setGuest(token)
  return hashToken(token)
}
