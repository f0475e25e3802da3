import { atTheBank, clientOf, fill, insist, note, patiently, place, type Shop } from './buyer.ts'
import type { Chance } from './chance.ts'
import { putUp, type VariantId } from './goods.ts'
import { type Wrong, wrong } from './ledgers.ts'
import type { Stage } from './stage.ts'

/** How large races are. */
export interface RaceSizes {
  /** Who comes for the last units at the same moment. */
  readonly buyers: number
  /** How many there are. */
  readonly units: number
  /** How often each of the others is run. */
  readonly rounds: number
}

/** What is looked at once the shop is at rest. */
export type Check = () => Promise<Wrong[]>

interface Track {
  readonly stage: Stage
  readonly shop: Shop
  readonly chance: Chance
  readonly sizes: RaceSizes
}

/** At most so many at once, of what is not about how many come at once. */
const AT_ONCE = 8
const CARD = 'pm_card_visa'

/** What happens at the same moment in one shop, each kind after the other. What the books do not tell is checked at rest. */
const races: Readonly<Record<string, (track: Track) => Promise<Check>>> = {
  'many come for the last units': lastUnits,
  'one thing twice in a cart': twiceInACart,
  'a cart is changed while it is paid': changedWhilePaying,
  'cancelled, captured and refunded at once': endsOfAnOrder,
  'the provider tells and the buyer confirms at once': toldAndConfirmed,
}

/** Runs every race. Answers what is to be looked at once the shop is at rest. */
export async function race(track: Track, say: (line: string) => void): Promise<Check> {
  const checks: Check[] = []
  for (const [name, run] of Object.entries(races)) {
    checks.push(await run({ ...track, chance: track.chance.for(name) }))
    say(`race: ${name}`)
  }
  return async () => (await Promise.all(checks.map((check) => check()))).flat()
}

/** More buyers than units, all at once. Whose card is good and who was there in time has one, the others are told. */
async function lastUnits({ stage, shop, sizes: { buyers, units } }: Track): Promise<Check> {
  const variantId = await putUp(stage, 'last-units', units)
  const ready = await each(buyers, async () => {
    const barrow = clientOf(shop.url, { fetch: patiently })
    return { barrow, cart: await fill(shop, barrow, [{ variantId, quantity: 1 }]) }
  })
  await Promise.all(ready.map(({ barrow, cart }) => place(shop, barrow, cart, CARD)))
  await insist(shop)
  return () => soldOf(stage, variantId, units, Math.min(units, buyers))
}

/** Each cart holds one thing that was put in twice, at once: both count, against one figure. */
async function twiceInACart({ stage, shop, sizes: { rounds } }: Track): Promise<Check> {
  const variantId = await putUp(stage, 'twice', rounds)
  const want = { variantId, quantity: 1 }
  const ready = await each(rounds, async () => {
    const barrow = clientOf(shop.url, { fetch: patiently })
    const { id: cartId } = await fill(shop, barrow, [])
    await Promise.all([want, want].map((one) => barrow.cart.addLine.mutate({ cartId, ...one })))
    return { barrow, cart: await barrow.cart.get.query({ id: cartId }) }
  })
  await Promise.all(ready.map(({ barrow, cart }) => place(shop, barrow, cart, CARD)))
  const halves = ready.filter(({ cart }) => cart.lines.length !== 1 || cart.lines[0]?.quantity !== 2)
  return async () => [
    ...wrong(
      'I1',
      'What was put twice into a cart is not in it twice.',
      halves.map(({ cart }) => cart.id),
    ),
    // Half as many orders as carts.
    ...(await soldOf(stage, variantId, rounds, rounds - (rounds % 2))),
  ]
}

/** A cart is ordered while its buyer changes it and staff change a price. What is charged is what was shown, or nothing. */
async function changedWhilePaying({ stage, shop, chance, sizes: { rounds } }: Track): Promise<Check> {
  const [variantId, other] = [await putUp(stage, 'changed', 3 * rounds), await putUp(stage, 'changed-too', rounds)]
  const staff = clientOf(shop.url, { credentials: { session: shop.goods.key }, fetch: patiently })
  await each(rounds, async (round) => {
    const barrow = clientOf(shop.url, { fetch: patiently })
    const cart = await fill(shop, barrow, [{ variantId, quantity: 2 }])
    const [line] = cart.lines
    const change = () => {
      const amount = 1_000 + round
      switch (chance.for(`round ${round}`).pick(['add', 'update', 'remove', 'empty', 'price'])) {
        case 'add':
          return barrow.cart.addLine.mutate({ cartId: cart.id, variantId: other, quantity: 1 })
        case 'update':
          return line && barrow.cart.updateLine.mutate({ cartId: cart.id, lineId: line.id, quantity: 3 })
        case 'remove':
          return line && barrow.cart.removeLine.mutate({ cartId: cart.id, lineId: line.id })
        case 'empty':
          return barrow.cart.clear.mutate({ cartId: cart.id })
        case 'price':
          return staff.variant.setPrices.mutate({ prices: [{ variantId, currency: 'EUR', amount }] })
      }
    }
    await Promise.all([place(shop, barrow, cart, CARD), attempt(shop, change)])
  })
  // What was charged against what was shown is compared for every order of the run.
  return async () => []
}

/** Buyer and staff cancel and hand money back while the worker takes it: one of them has their way with each cent. */
async function endsOfAnOrder({ stage, shop, sizes: { rounds } }: Track): Promise<Check> {
  const variantId = await putUp(stage, 'ended', rounds)
  const staff = clientOf(shop.url, { credentials: { session: shop.goods.key }, fetch: patiently })
  await each(rounds, async (round) => {
    const barrow = clientOf(shop.url, { fetch: patiently })
    const order = await place(shop, barrow, await fill(shop, barrow, [{ variantId, quantity: 1 }]), CARD)
    if (order === undefined) return
    const { id: orderId } = order
    // Half of them meet the worker that takes the money, half come after it.
    if (round % 2 === 0) await confirmed(stage, orderId)
    await Promise.all(
      [
        () => barrow.order.cancel.mutate({ orderId }),
        () => staff.order.cancel.mutate({ orderId }),
        () => staff.order.refund.mutate({ orderId }),
        () => staff.order.refund.mutate({ orderId, amount: 300 }),
        () => staff.order.fulfil.mutate({ orderId }),
      ].map((end) => attempt(shop, end)),
    )
  })
  return async () => []
}

/** Buyers come back from their bank while the provider tells of the same, many times and in any order. */
async function toldAndConfirmed({ stage, shop, chance, sizes: { rounds } }: Track): Promise<Check> {
  const variantId = await putUp(stage, 'told', rounds)
  const orders: string[] = []
  for (const when of ['before', 'at once', 'after'] as const) {
    await stage.payments.tell({
      do: 'travel',
      travel: { copies: 4, shuffle: true, delayMs: 0, hold: when === 'after' },
    })
    await each(Math.ceil(rounds / 3), async (round) => {
      const barrow = clientOf(shop.url, { fetch: patiently })
      const cart = await fill(shop, barrow, [{ variantId, quantity: 1 }])
      const placed = await place(shop, barrow, cart, 'pm_card_threeDSecure2Required')
      if (!placed?.payment.clientAction) return
      orders.push(placed.id)
      await atTheBank(placed.payment.clientAction.url, true)
      if (when === 'before' && chance.for(`${round}`).happens(0.5)) await stage.payments.tell({ do: 'await_webhooks' })
      await attempt(shop, () => barrow.order.confirmPayment.mutate({ orderId: placed.id }))
    })
    await stage.payments.tell({ do: 'release_webhooks' })
  }
  await stage.payments.tell({ do: 'travel', travel: {} })
  return async () => {
    // A buyer whom a slow machine kept until their order had expired has their money back, which the ledgers tell.
    const unpaid = await stage.sql<{ id: string; status: string }>(
      `select id, status from "order" o where id = any($1) and cancel_reason is distinct from 'expired'
         and not exists (select from order_moment m where m.order_id = o.id and m.what = 'confirmed')`,
      [orders],
    )
    return wrong(
      'I4',
      'A buyer whose bank said yes has no order.',
      unpaid.map(({ id, status }) => `${id} (${status})`),
    )
  }
}

/** Units that orders hold and ever held. That nobody was refused one that nobody ever held tells a shop that sells. */
async function soldOf(stage: Stage, variantId: VariantId, units: number, atLeast: number): Promise<Wrong[]> {
  const [row] = await stage.sql<{ held: number; ever: number; free: number }>(
    `select coalesce(sum(l.quantity - l.restocked) filter (where o.status in ('confirmed', 'fulfilled')), 0)::int as held,
       coalesce(sum(l.quantity), 0)::int as ever,
       (select on_hand - reserved from inventory_item where variant_id = $1)::int as free
     from order_line l join "order" o on o.id = l.order_id where l.variant_id = $1`,
    [variantId],
  )
  const { held = 0, ever = 0, free = 0 } = row ?? {}
  const said = [`${held} held, ${ever} ever held and ${free} free of ${units} ${variantId}`]
  return [
    ...wrong('I1', 'What was sold and what is left is not what there was.', held + free === units ? [] : said),
    ...wrong('I1', 'A buyer was refused what nobody else had.', ever >= atLeast ? [] : said),
  ]
}

async function confirmed(stage: Stage, orderId: string): Promise<void> {
  const query = `select 1 from "order" where id = $1 and status <> 'authorised'`
  for (const until = Date.now() + 60_000; Date.now() < until; )
    if ((await stage.sql(query, [orderId])).length > 0) return
}

/** Who loses a race is told so, and that is that. */
async function attempt(shop: Shop, call: () => unknown): Promise<void> {
  try {
    await call()
  } catch (error) {
    note(shop, error)
  }
}

/** Does something so many times, some of them at once. */
async function each<Made>(times: number, make: (round: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  let next = 0
  const lane = async () => {
    while (next < times) made.push(await make(next++))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return made
}
