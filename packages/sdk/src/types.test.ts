import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkout } from '@barrow/dev/test-checkout'
import { beforeAll, expect, test } from 'vitest'

const place = (cases: string) => `
import { type Barrow, type CommonError, safe } from '@barrow/sdk'

declare function tell(text: string | CommonError): void

export async function buy(barrow: Barrow, cart: { id: \`cart_\${string}\`; quote: string }): Promise<void> {
  const input = { cartId: cart.id, quote: cart.quote, paymentMethod: 'test_accept' }
  const [order, error] = await safe(barrow.order.place.mutate(input))
  if (error === undefined) return tell(order.number)
  switch (error.reason) {
${cases}
    default:
      return tell(error)
  }
}
`

const cases: Record<string, string> = {
  cart_not_found: `return tell('The cart is gone.')`,
  cart_closed: `return tell(error.details.state)`,
  cart_empty: `return tell('The cart is empty.')`,
  cart_incomplete: `return tell(error.details.missing.join())`,
  lines_unavailable: `return tell(error.details.lines.map((line) => line.problem).join())`,
  quote_invalid: `return tell('Look at the cart again.')`,
  price_changed: `return tell(\`\${error.details.shown.amount} \${error.details.now.amount}\`)`,
  cart_ordered: `return tell(error.details.orderId)`,
  out_of_stock: `return tell(error.details.lines.map((line) => line.available.toFixed()).join())`,
}
const written = (names: string[]) => names.map((name) => `    case '${name}': ${cases[name]}`).join('\n')

const whole = Object.keys(cases)
const buying = {
  'packages/sdk/src/whole.ts': place(written(whole)),
  'packages/sdk/src/unknown.ts': place(`${written(whole)}\n    case 'sold': return`),
  'packages/sdk/src/mixed.ts': place(written(whole).replace('error.details.state', 'error.details.missing.join()')),
}
const lacking = Object.fromEntries(
  whole.map((one) => [`packages/sdk/src/without-${one}.ts`, place(written(whole.filter((other) => other !== one)))]),
)

const programs = {
  'packages/sdk/src/frontend.ts': `
import { createBarrow, type Order } from '@barrow/sdk'
const order: Order = await createBarrow({ url: 'http://localhost:4000' }).order.get.query({ orderId: 'order_x' })
export const title = order.number
`,
  'packages/worker/src/sample.ts': `
import type { OrderView } from '@barrow/api/order'
export const subject = (order: OrderView) => \`Your order \${order.number}\`
`,
  'packages/cli/src/sample.ts': `
import { createCaller, type Runtime } from '@barrow/api/runtime'
export async function print(runtime: Runtime): Promise<string> {
  const caller = createCaller(runtime, { kind: 'system', name: 'sample' })
  return (await caller.order.get({ orderId: 'order_x' })).number
}
`,
}

/** The examples of the docstrings, a file each. */
async function examples(): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const name of await readdir(import.meta.dirname)) {
    if (name.endsWith('.test.ts')) continue
    const source = await readFile(join(import.meta.dirname, name), 'utf8')
    for (const [at, [, block = '']] of [...source.matchAll(/\* ```ts\n([\s\S]*?)\n \* ```/g)].entries())
      files[`packages/sdk/src/example-${at}-${name}`] = `${block.replaceAll(/^ \* ?/gm, '')}\n`
  }
  return files
}

// All of it is checked together, once as it is and once after the rename: each check reads the whole shop.
const options = { noUnusedLocals: false, lib: ['ES2024', 'ESNext.Disposable', 'DOM'] }
let shown: string[] = []
let now: string[] = []
let renamed: string[] = []
beforeAll(async () => {
  await using copy = await checkout()
  const documented = await examples()
  const files = { ...buying, ...lacking, ...programs, ...documented }
  for (const [file, text] of Object.entries(files)) await copy.write(file, text)
  shown = Object.keys(documented)
  now = await copy.complaints(Object.keys(files), options)
  await copy.edit('packages/api/src/shop/order/schema.ts', /^ {2}number: z\.string\(\),/m, '  orderNumber: z.string(),')
  renamed = await copy.complaints(Object.keys(programs), options)
}, 300_000)

const about = (file: string, complaints: string[]) => complaints.filter((line) => line.startsWith(`${file}(`))

test('every example in a docstring compiles', () => {
  expect(shown.length).toBeGreaterThanOrEqual(6)
  expect(shown.flatMap((file) => about(file, now))).toEqual([])
})

test('a switch over the reasons of order.place that misses one does not compile', () => {
  expect(about('packages/sdk/src/whole.ts', now)).toEqual([])
  for (const file of Object.keys(lacking)) expect(about(file, now), file).toHaveLength(1)
})

test('a reason that order.place does not have, and details of another reason, do not compile', () => {
  expect(about('packages/sdk/src/unknown.ts', now).join()).toMatch(/'"sold"' is not comparable/)
  expect(about('packages/sdk/src/mixed.ts', now).join()).toMatch(/'missing' does not exist/)
})

test('when a field is renamed at the server, a frontend, a worker and a script stop compiling', () => {
  for (const file of Object.keys(programs)) {
    expect(about(file, now)).toEqual([])
    expect(about(file, renamed).join(), file).toMatch(/'number' does not exist on type/)
  }
})
