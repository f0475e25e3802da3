import * as auth from '@barrow/api/auth'
import * as order from '@barrow/api/order'
import type { Context } from '@barrow/api/runtime'
import { User, type UserId } from '@barrow/api/user'
import type { Event } from '@barrow/api/work'
import { headerOf, type Letter, toHtml, toText } from './letter.ts'
import type { OrderMail } from './order-letters.ts'

/**
 * Sends a letter about an event. One Message-ID for each event, and for each `part` of it where there are several: what is
 * sent twice is the same message.
 */
export async function send(ctx: Context, event: Event, to: string, letter: Letter, part = 'mail'): Promise<void> {
  const domain = ctx.config.mail.from.address.split('@').at(-1)
  await ctx.mail.send({
    id: `${event.id}.${part}@${domain}`,
    to,
    subject: headerOf(letter.subject),
    text: toText(letter),
    html: toHtml(letter),
    date: event.occurredAt,
  })
}

/** Writes to the buyer of an order; to nobody once the order is anonymised. */
export async function toBuyer(ctx: Context, event: Event, id: order.OrderId, write: (mail: OrderMail) => Letter) {
  const view = await order.get(ctx, { orderId: id })
  if (view.email === null) return
  const url = new URL(`/orders/${id}`, ctx.config.storefrontUrl)
  url.searchParams.set('token', order.guestTokenOf(ctx.config, id))
  await send(ctx, event, view.email, write({ order: view, url }))
}

/** Writes to a user; to nobody once they are erased. */
export async function toUser(
  ctx: Context,
  event: Event,
  id: UserId,
  write: (name: string | null) => Letter,
): Promise<void> {
  const user = await ctx.em.findOne(User, { id })
  if (user?.email) await send(ctx, event, user.email, write(user.name ?? null))
}

/** Writes a letter with a link, whose token is made now and stored nowhere; to nobody when the link is void or used. */
export async function withLink(
  ctx: Context,
  event: Event,
  id: auth.LinkId,
  path: string,
  write: (mail: { name: string | null; url: URL; until: Date }) => Letter,
): Promise<void> {
  const mail = await auth.linkMail(ctx, id)
  if (mail === null) return
  const url = new URL(path, ctx.config.storefrontUrl)
  url.searchParams.set('token', mail.token)
  await send(ctx, event, mail.to, write({ name: mail.name, url, until: mail.expiresAt }))
}
