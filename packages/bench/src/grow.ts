import { createHistogram } from 'node:perf_hooks'
import { drive, type Load, type Window } from './drive.ts'
import { read, Shopper } from './http.ts'
import { add, type Cart, journeys, newCart } from './journeys.ts'
import { median } from './report.ts'
import { type Size, seeded } from './seed.ts'
import { openShop } from './shop.ts'
import { countStatements, type Statements } from './statements.ts'
import { type Env, root, startBarrow, startLimit, type Target } from './target.ts'
import { columns } from './text-table.ts'

interface Growth {
  readonly sizes: readonly [Size, Size]
  readonly load: Load
  readonly rounds: number
  readonly only: ReadonlySet<string> | null
  say(line: string): void
}

const CART_LINES = [1, 200] as const
const ADDITIONS = 300

interface Grown {
  readonly size: Size
  readonly env: Env
  readonly target: Target
  readonly statements: Statements
}

/** How much longer the shop takes with many more products, and with many more lines in a cart. */
export async function grow({ sizes, load, rounds, only, say }: Growth): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const shops: Grown[] = []
  for (const size of sizes) {
    const shop = opened.use(await openShop(size, say))
    const statements = opened.use(await countStatements(shop.databaseUrl))
    const target = await startBarrow(`barrow ${size.products}`, root, { ...shop.env, CACHE_SECONDS: '0' })
    opened.defer(() => target.stop())
    shops.push({ size, env: shop.env, target, statements })
  }
  const chosen = journeys.filter(({ name, kept }) => kept === undefined && (only === null || only.has(name)))
  const rows: string[][] = []
  for (const journey of chosen) {
    const windows: Window[][] = shops.map(() => [])
    for (let round = 1; round <= rounds; round += 1)
      for (const [index, { target, size, statements }] of shops.entries())
        windows[index]?.push(await drive(target, journey, { size, load, statements }))
    const p50 = windows.map((those) => median(those.map((one) => one.p50)))
    const ratios = (windows[0] ?? []).map(({ p50 }, round) => (windows[1]?.[round]?.p50 ?? Number.NaN) / p50)
    const errors = windows.flat().reduce((sum, one) => sum + one.errors, 0)
    rows.push([journey.name, ...p50.map((ms) => ms.toFixed(2)), median(ratios).toFixed(2), String(errors)])
    say(`${journey.name} measured.`)
  }
  say(columns(['p50 ms', ...sizes.map(({ products }) => products.toLocaleString('en')), 'ratio', 'errors'], rows))
  const [smallest] = shops
  if (smallest !== undefined) await growCart(smallest, say)
}

/** Adding a line to a cart of few lines and to one of many, in turns, and in turns with the limit. */
async function growCart({ target, env, statements }: Grown, say: (line: string) => void): Promise<void> {
  const limit = await startLimit(env)
  try {
    const carts = [...(await fillCarts(target)), ...(await fillCarts(limit))]
    for (let n = 0; n < ADDITIONS; n += 1)
      for (const { shopper, cartId, lines, times } of carts) {
        const variantId = seeded.variantId(lines + n)
        const began = process.hrtime.bigint()
        const answer = await shopper.change('cart.addLine', { cartId, variantId, quantity: 1 })
        times.record(process.hrtime.bigint() - began)
        const line = read<Cart>(answer).lines.find((one) => one.variantId === variantId)
        await shopper.change('cart.removeLine', { cartId, lineId: line?.id })
      }
    const cells = new Map<string, string[]>()
    for (const { name, shopper, cartId, lines, times } of carts) {
      await statements.reset()
      await add(shopper, cartId, seeded.variantId(lines + ADDITIONS))
      const cell = [(times.percentile(50) / 1e6).toFixed(2), String(await statements.count())]
      cells.set(name, [...(cells.get(name) ?? [name]), ...cell])
      shopper.leave()
    }
    const heads = CART_LINES.flatMap((lines) => [`to a cart of ${lines}, p50 ms`, 'SQL'])
    say(columns(['adding a line', ...heads], [...cells.values()]))
  } finally {
    await limit.stop()
  }
}

/** A cart of few lines and one of many, at a target. */
const fillCarts = ({ name, url }: Target) =>
  Promise.all(
    CART_LINES.map(async (lines) => {
      const shopper = new Shopper(url)
      const cartId = await newCart(shopper)
      for (let n = 1; n < lines; n += 1) await add(shopper, cartId, seeded.variantId(n))
      return { name, lines, shopper, cartId, times: createHistogram() }
    }),
  )
