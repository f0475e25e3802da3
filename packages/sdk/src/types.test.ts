import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkout } from '@barrow/dev/test-checkout'
import { afterAll, expect, test } from 'vitest'

const copy = await checkout()
afterAll(() => copy[Symbol.asyncDispose]())

test('every example in a docstring compiles', async () => {
  const examples: string[] = []
  for (const name of await readdir(import.meta.dirname)) {
    if (name.endsWith('.test.ts')) continue
    const source = await readFile(join(import.meta.dirname, name), 'utf8')
    for (const [, block = ''] of source.matchAll(/\* ```ts\n([\s\S]*?)\n \* ```/g)) {
      const file = `packages/sdk/src/example-${examples.length}.ts`
      await copy.write(file, `${block.replaceAll(/^ \* ?/gm, '')}\n`)
      examples.push(file)
    }
  }
  expect(examples.length).toBeGreaterThanOrEqual(6)
  const unused = { noUnusedLocals: false, lib: ['ES2024', 'DOM'] }
  expect(await copy.complaints(examples, unused)).toEqual([])
})

const place = (cases: string) => `
import { type Barrow, type CommonError, isCommonError, safe } from '@barrow/sdk'

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

test('a switch over the reasons of order.place that misses one does not compile', async () => {
  const reasons = Object.keys(cases)
  await copy.write('packages/sdk/src/whole.ts', place(written(reasons)))
  expect(await copy.complaints(['packages/sdk/src/whole.ts'])).toEqual([])
  const lacking = reasons.map((missing) => `packages/sdk/src/without-${missing}.ts`)
  for (const [at, file] of lacking.entries())
    await copy.write(file, place(written(reasons.filter((reason) => reason !== reasons[at]))))
  const complaints = await copy.complaints(lacking)
  for (const file of lacking)
    expect(
      complaints.filter((line) => line.startsWith(file)),
      file,
    ).toHaveLength(1)
  expect(complaints).toHaveLength(lacking.length)
})

test('a reason that order.place does not have, and details of another reason, do not compile', async () => {
  await copy.write('packages/sdk/src/unknown.ts', place(`${written(Object.keys(cases))}\n    case 'sold': return`))
  await copy.write(
    'packages/sdk/src/mixed.ts',
    place(written(Object.keys(cases)).replace('error.details.state', 'error.details.missing.join()')),
  )
  const complaints = await copy.complaints(['packages/sdk/src/unknown.ts', 'packages/sdk/src/mixed.ts'])
  expect(complaints.map((line) => line.split('(')[0])).toEqual([
    'packages/sdk/src/mixed.ts',
    'packages/sdk/src/unknown.ts',
  ])
})

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

test('when a field is renamed at the server, a frontend, a worker and a script stop compiling', async () => {
  await using renamed = await checkout()
  for (const [file, text] of Object.entries(programs)) await renamed.write(file, text)
  const files = Object.keys(programs)
  expect(await renamed.complaints(files)).toEqual([])
  await renamed.edit(
    'packages/api/src/shop/order/schema.ts',
    /^ {2}number: z\.string\(\),/m,
    '  orderNumber: z.string(),',
  )
  const complaints = await renamed.complaints(files)
  for (const file of files) {
    expect(
      complaints.find((line) => line.startsWith(file)),
      file,
    ).toMatch(/'number' does not exist on type/)
  }
})
