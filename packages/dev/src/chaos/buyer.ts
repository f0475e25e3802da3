import { setTimeout as sleep } from 'node:timers/promises'
import { type Barrow, BarrowError, type Credentials, createBarrow } from '@barrow/sdk'
import type { Chance } from './chance.ts'
import type { Goods, VariantId } from './goods.ts'
import type { History, Placement } from './history.ts'

export interface Shop {
  readonly url: string
  readonly goods: Goods
  readonly history: History
}

/** Reasons after which nobody knows whether the shop has acted. */
const open = new Set(['network', 'internal', 'busy', 'in_progress', 'aborted'])
/** How long a buyer waits for one answer. */
const PATIENCE_MS = 30_000

type Summary = Awaited<ReturnType<Barrow['order']['place']['mutate']>>

export function clientOf(url: string, { credentials = {}, fetch = globalThis.fetch }: ClientOptions = {}): Barrow {
  let kept = credentials
  const session = {
    get: () => kept,
    set(next: Credentials) {
      kept = next
    },
  }
  return createBarrow({ url, session, fetch })
}
interface ClientOptions {
  credentials?: Credentials
  fetch?: typeof fetch
}

/** Asks a shop that is not there again and again, for half a minute: the same call under the same key. */
export const patiently: typeof fetch = async (...request) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await fetch(...request)
    } catch (error) {
      if (tries === 150) throw error
      await sleep(200)
    }
  }
}

/** The cards that buyers bring, the good one mostly. */
const cards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_chargeDeclined',
  'pm_card_threeDSecure2Required',
  'pm_card_threeDSecure2Required',
] as const

/** Somebody comes, buys, and sees it through; or gives up at the first call that fails in a way that says nothing. */
export async function shopOnce(shop: Shop, chance: Chance): Promise<void> {
  const barrow = clientOf(shop.url)
  try {
    const placement = await fillAndPlace(shop, barrow, chance)
    if (placement !== undefined) await seeThrough(barrow, placement, chance)
  } catch (error) {
    note(shop, error)
  }
}

/** Fills a cart with two things, one of them put in twice, and orders it. Answers what the shop said, if it said yes. */
export async function fillAndPlace(
  shop: Shop,
  barrow: Barrow,
  chance: Chance,
  card?: string,
): Promise<Summary | undefined> {
  const { variantIds } = shop.goods
  const [first, second] = [chance.pick([...variantIds]), chance.pick([...variantIds])]
  const wants = [first, second, first].map((variantId) => ({ variantId, quantity: chance.between(1, 2) }))
  const cart = await fill(shop, barrow, wants, chance.pick(['DE', 'US']))
  return place(shop, barrow, cart, card ?? chance.pick(cards))
}

/** What goes into a cart, one after the other; the same thing may come twice. */
export type Wants = readonly { readonly variantId: VariantId; readonly quantity: number }[]
export type Cart = Awaited<ReturnType<Barrow['cart']['get']['query']>>

/** A cart with everything an order needs, as its buyer is shown it last. */
export async function fill({ goods }: Shop, barrow: Barrow, wants: Wants, countryCode = 'DE'): Promise<Cart> {
  const signal = AbortSignal.timeout(4 * PATIENCE_MS)
  const { id: cartId } = await barrow.cart.create.mutate({ currency: 'EUR' }, { signal })
  for (const want of wants) await barrow.cart.addLine.mutate({ cartId, ...want }, { signal })
  const shippingAddress = {
    name: 'Ada Example',
    line1: '1 Example Street',
    city: 'Exampleton',
    postalCode: '10115',
    countryCode,
  }
  await barrow.cart.setDetails.mutate({ cartId, email: 'buyer@example.com', shippingAddress }, { signal })
  await barrow.cart.setShippingMethod.mutate({ cartId, shippingMethodId: goods.methodId }, { signal })
  return barrow.cart.get.query({ id: cartId }, { signal })
}

/** Orders a cart as it was shown, and keeps in mind what the shop said to that. Answers it, if it was yes. */
export function place(shop: Shop, barrow: Barrow, cart: Cart, paymentMethod: string): Promise<Summary | undefined> {
  const { history } = shop
  const input = { cartId: cart.id, quote: cart.quote, paymentMethod }
  const key = `place-${cart.id}`
  const placement: Placement = {
    ...{ key, cartId: cart.id, shown: cart.totals.total },
    ...{ outcome: 'unknown', reason: 'not answered', orderId: null, total: null },
    repeat: async () => void (await ask()),
  }
  history.add(placement)
  return ask()

  async function ask(): Promise<Summary | undefined> {
    let answer: Summary | undefined
    try {
      const call = { context: { idempotencyKey: key }, signal: AbortSignal.timeout(PATIENCE_MS) }
      answer = await barrow.order.place.mutate(input, call)
      if (placement.orderId !== null && placement.orderId !== answer.id)
        history.surprise(`${key} was answered with ${placement.orderId} and then with ${answer.id}`)
      Object.assign(placement, { outcome: 'placed', reason: '', orderId: answer.id, total: answer.total })
    } catch (error) {
      const reason = note(shop, error)
      if (!open.has(reason)) Object.assign(placement, { outcome: 'refused', reason })
      else placement.reason = reason
    }
    history.note({ key, outcome: placement.outcome, reason: placement.reason, orderId: placement.orderId })
    return answer
  }
}

/** Asks again, all at once, for what the shop was too busy to answer; a few times at most. */
export async function insist({ history }: Shop): Promise<void> {
  const unanswered = () => history.placements.filter(({ outcome }) => outcome === 'unknown')
  for (let tries = 1; tries <= 24 && unanswered().length > 0; tries += 1) {
    await Promise.all(unanswered().map((placement) => placement.repeat()))
    await sleep(500)
  }
}

async function seeThrough(barrow: Barrow, placed: Summary, chance: Chance): Promise<void> {
  const orderId = placed.id
  if (placed.payment.status === 'declined') {
    if (chance.happens(0.3)) return
    await barrow.order.pay.mutate({ orderId, paymentMethod: 'pm_card_visa' })
  }
  const { clientAction } = placed.payment
  if (clientAction !== null) {
    if (chance.happens(0.1)) return
    await atTheBank(clientAction.url, chance.happens(0.9))
    if (chance.happens(0.3)) return
    // The payment provider may have told the shop before its buyer does.
    await barrow.order.confirmPayment.mutate({ orderId })
  }
  if (chance.happens(0.15)) await barrow.order.cancel.mutate({ orderId })
}

export async function atTheBank(url: string, authorised: boolean): Promise<void> {
  const body = new URLSearchParams({ outcome: authorised ? 'authorised' : 'declined' })
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  await answer.arrayBuffer()
}

/** Why a call failed. What is no answer of the shop's is this program's own fault, and thrown. */
export function note({ history }: Pick<Shop, 'history'>, error: unknown): string {
  if (!(error instanceof BarrowError)) throw error
  if (error.reason === 'internal') history.surprise(`internal: ${error.requestId}`)
  else history.note({ refused: error.reason })
  return error.reason
}
