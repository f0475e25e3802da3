import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Actor, createCaller } from '@barrow/api/runtime'
import { Command, InvalidArgumentError } from 'commander'
import type { MakeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { say } from '../io.ts'
import { createProgress } from '../progress.ts'
import { type Caller, type Shop, withShop } from '../shop.ts'
import { currencyCode } from './import.ts'

interface Options {
  currency: string
  country: string
  card: string
}

type Order = Awaited<ReturnType<Caller['order']['place']>>

export const demoCommand: MakeCommand = (io) => {
  const demo = new Command('demo').description('Shows the shop at work.')
  demo
    .command('order')
    .description(
      'Buys something as a visitor would, and follows the order until it is confirmed. Needs a running worker.',
    )
    .option('--currency <code>', 'what to pay in', currencyCode, 'EUR')
    .option('--country <code>', 'where to send it', countryCode, 'DE')
    .option('--card <method>', 'a card of the built-in payment provider', 'test_accept')
    .action((options: Options) =>
      withShop(io, async (shop) => {
        const visitor: Actor = { kind: 'guest', guest: randomBytes(32).toString('hex') }
        const cart = await fill(createCaller(shop.runtime, visitor), options)
        say(io.err, `In the cart: ${cart.lines.map((line) => `${line.quantity} × ${line.title}`).join(', ')}`)
        const buyer = createCaller(shop.runtime, visitor, { idempotencyKey: randomUUID() })
        const order = await buyer.order.place({ cartId: cart.id, quote: cart.quote, paymentMethod: options.card })
        say(io.err, `Order ${order.number} is placed: ${order.total} minor units of ${order.currency}.`)
        const progress = createProgress(io.err)
        const status = await follow(shop, order, progress.note).finally(progress.end)
        say(io.out, `${order.number} ${order.id} ${status}`)
      }),
    )
  return demo
}

/** A cart with one of whatever can be bought, ready to be ordered. */
async function fill(visitor: Caller, { currency, country }: Options) {
  const { rows } = await visitor.product.list({ currency, available: true, limit: 1 })
  const [card] = rows
  if (card === undefined) throw new CommandError(`There is nothing in stock that has a price in ${currency}.`)
  const product = await visitor.product.get({ id: card.id, currency })
  const variant = product.variants.rows.find(({ available, price }) => available && price !== null)
  if (variant === undefined) throw new CommandError(`${card.title} has just been sold out: try again.`)
  const offers = await visitor.shippingMethod.available({ currency, countryCode: country })
  const [shipping] = offers.rows
  if (shipping === undefined) throw new CommandError(`Nothing is sent to ${country} for ${currency}.`)
  const { id: cartId } = await visitor.cart.create({ currency })
  await visitor.cart.addLine({ cartId, variantId: variant.id })
  const shippingAddress = { name: 'Demo Buyer', line1: '1 Example Street', city: 'Exampleton', countryCode: country }
  await visitor.cart.setDetails({ cartId, email: 'demo@example.com', shippingAddress })
  return visitor.cart.setShippingMethod({ cartId, shippingMethodId: shipping.id })
}

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 100

/** Tells each change of an order until it is confirmed, or cannot be any more. */
async function follow(shop: Shop, { id }: Order, tell: (line: string) => void): Promise<string> {
  const begun = performance.now()
  let last = ''
  while (performance.now() - begun < PATIENCE_MS) {
    const { status } = await shop.caller.order.get({ orderId: id })
    if (status !== last) tell(`${Math.round(performance.now() - begun)} ms: ${status}`)
    last = status
    if (status !== 'pending_payment' && status !== 'authorised') return status
    await sleep(LOOK_EVERY_MS)
  }
  throw new CommandError(`The order is still ${last} after a minute: is a worker running? (\`pnpm dev\` starts one.)`)
}

function countryCode(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text)) throw new InvalidArgumentError('must be an ISO 3166-1 code such as DE')
  return text.toUpperCase()
}
