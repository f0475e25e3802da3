import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCaller } from '@barrow/api/runtime'
import { afterAll, expect, test } from 'vitest'
import { testShop } from '../test-shop.ts'
import { categories, products } from './catalogue.ts'
import { loadDemo } from './load.ts'
import { shippingMethods, taxRates } from './rates.ts'

const folder = await mkdtemp(join(tmpdir(), 'barrow-demo-'))
afterAll(() => rm(folder, { recursive: true }))
const MEDIA_DIR = join(folder, 'media')
const accountsFile = join(folder, 'accounts.json')
const open = () => testShop({ env: { MEDIA_DIR } })
type Shop = Awaited<ReturnType<typeof open>>

/** Everything the demo shop should hold, as the procedures tell it. */
async function check({ system, runtime }: Shop) {
  const { rows } = await system.product.listAll({ sort: 'oldest', limit: 100 })
  expect(rows.map(({ slug, status, variantCount }) => [slug, status, variantCount])).toEqual(
    products.map(({ slug, status, variants }) => [slug, status, variants.length]),
  )
  expect((await system.category.list({ limit: 100 })).rows).toHaveLength(categories.length)
  expect((await system.shippingMethod.list({})).rows).toHaveLength(shippingMethods.length)
  expect((await system.taxRate.list({})).rows).toHaveLength(taxRates.length)
  const [stock] = await runtime.orm.em
    .fork()
    .execute<{ units: number; items: number }[]>('select sum(on_hand) as units, count(*) as items from inventory_item')
  const variants = products.flatMap((product) => product.variants)
  expect(stock).toEqual({ units: variants.reduce((sum, { quantity }) => sum + quantity, 0), items: variants.length })
}

const auditRows = ({ runtime }: Shop) => runtime.orm.em.fork().execute('select count(*) from audit_entry')

const shop = await open()
const lines: string[] = []
const accounts = await loadDemo(shop.runtime, { accountsFile, onProgress: (line) => lines.push(line) })

test('the demo shop is loaded whole, with progress, and a second time changes nothing', async () => {
  await check(shop)
  expect(lines.at(-1)).toBe(`${products.length} of ${products.length} products`)

  const before = await auditRows(shop)
  expect(await loadDemo(shop.runtime, { accountsFile })).toEqual(accounts)
  expect(await auditRows(shop)).toEqual(before)

  for (const { email, password } of [accounts.customer, accounts.admin]) {
    const visitor = createCaller(shop.runtime, { kind: 'guest', guest: null })
    expect(await visitor.auth.login({ email, password })).toMatchObject({ email })
  }
  expect((await stat(accountsFile)).mode & 0o077).toBe(0)
})

test('a shopper sees what is on sale, in both currencies, with pictures that are there', async () => {
  for (const currency of ['EUR', 'USD']) {
    const { rows, count } = await shop.guest().product.list({ currency, limit: 100, count: 'exact' })
    expect(count).toBe(products.filter(({ status }) => status === 'active').length)
    for (const { image } of rows) {
      expect(await readFile(join(MEDIA_DIR, image?.url.replace('/media/', '') ?? ''), 'utf8')).toMatch(/^<svg /)
    }
  }
})

test('what was changed after loading stays as it is', async () => {
  const shop = await open()
  await loadDemo(shop.runtime, { accountsFile })
  const { rows } = await shop.system.product.listAll({ status: 'active', limit: 1 })
  const [product] = rows
  if (!product) throw new Error('the demo shop sells something')
  await shop.system.product.setStatus({ id: product.id, status: 'archived' })
  await loadDemo(shop.runtime, { accountsFile })
  expect(await shop.system.product.getAny({ id: product.id })).toMatchObject({ status: 'archived' })
})

test('loading that is killed in the middle is finished by the next call', async () => {
  const shop = await open()
  const program = `
    import { createRuntime, readConfig } from '@barrow/api/runtime'
    import { loadDemo } from ${JSON.stringify(join(import.meta.dirname, 'load.ts'))}
    await loadDemo(await createRuntime(readConfig(process.env)), { accountsFile: ${JSON.stringify(accountsFile)} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...shop.env },
    stdio: 'ignore',
  })
  const loaded = async () => (await shop.system.product.listAll({ limit: 100 })).rows.length
  while ((await loaded()) < 7) await sleep(5)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await loaded()).toBeLessThan(products.length)
  await loadDemo(shop.runtime, { accountsFile })
  await check(shop)
})

test('another checkout of the same shop gets logins of its own', async () => {
  const second = await loadDemo(shop.runtime, { accountsFile: join(folder, 'other.json') })
  expect(second.admin.email).not.toBe(accounts.admin.email)
  const visitor = createCaller(shop.runtime, { kind: 'guest', guest: null })
  expect(await visitor.auth.login(second.admin)).toMatchObject({ role: 'admin' })
})

test('a shop in production takes no demo', async () => {
  const shop = await testShop({ env: { MEDIA_DIR, NODE_ENV: 'production', PAYMENT_PROVIDER: 'test' } })
  await expect(loadDemo(shop.runtime, { accountsFile })).rejects.toThrow('not for production')
})
