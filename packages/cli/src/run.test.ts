import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { runWith } from './test-io.ts'

const shop = await testShop()
const root = await mkdtemp(join(tmpdir(), 'barrow-cli-'))
await mkdir(join(root, '.barrow'))
afterAll(() => rm(root, { recursive: true }))

const runningShop = (env: Record<string, string>) =>
  writeFile(
    join(root, '.barrow', 'dev.env'),
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )

test('commands find the shop that runs on this machine, when no other is named', async () => {
  await runningShop({ ...shop.env })
  expect(await runWith(['prove', 'stock'], {}, { root })).toMatchObject({ status: 0, err: '' })
})

test('the settings of a running shop are not mixed with those of another database', async () => {
  await runningShop({ ...shop.env })
  const other = { DATABASE_URL: 'postgres://someone@127.0.0.1:1/elsewhere' }
  expect(await runWith(['prove', 'stock'], other, { root })).toMatchObject({
    status: 78,
    err: expect.stringContaining('SECRET'),
  })
})

test('without any settings, one sentence says what to do', async () => {
  expect(await runWith(['prove', 'stock'], {})).toEqual({
    status: 78,
    out: '',
    err: 'No shop is known here: start one with `pnpm dev`, or set DATABASE_URL and SECRET.\n',
  })
})

test('a database that does not answer is named, without its password', async () => {
  const away = { ...shop.env, DATABASE_URL: 'postgres://someone:secret-word@127.0.0.1:1/elsewhere' }
  const { status, err } = await runWith(['prove', 'stock'], away)
  expect(status).toBe(1)
  expect(err).toContain('No database answers at 127.0.0.1:1/elsewhere')
  expect(err).not.toContain('secret-word')
})

test('an unknown command, or one without its options, is a wrong call', async () => {
  expect(await runWith(['dance'], shop.env)).toMatchObject({ status: 2, out: '' })
  expect(await runWith(['create-admin'], shop.env)).toMatchObject({ status: 2, out: '' })
  expect((await runWith(['--help'], {})).status).toBe(0)
})

test('migrating a database that is up to date changes nothing', async () => {
  expect(await runWith(['migrate'], shop.env)).toMatchObject({ status: 0, out: 'The database is up to date.\n' })
})

test('an admin is made with a password from standard input, once for each address', async () => {
  const args = ['create-admin', '--email', 'admin@example.com', '--name', 'First', '--password-stdin']
  const first = await runWith(args, shop.env, { input: 'correct horse battery staple\n' })
  expect(first).toMatchObject({ status: 0, out: expect.stringContaining('admin@example.com is an admin') })
  const second = await runWith(args, shop.env, { input: 'correct horse battery staple\n' })
  expect(second).toMatchObject({ status: 1, err: expect.stringContaining('email_taken') })
  const weak = await runWith(['create-admin', '--email', 'b@example.com'], shop.env, { input: 'short\n' })
  expect(weak).toMatchObject({ status: 1, err: expect.stringMatching(/^password .*characters\n$/) })
  const none = await runWith(['create-admin', '--email', 'b@example.com'], shop.env)
  expect(none).toMatchObject({ status: 2, err: 'Standard input holds no password.\n' })
})

test('a level that differs from its ledger is found and named', async () => {
  const product = await shop.system.product.create({ slug: 'cooked', title: 'Cooked' })
  const { variants } = await shop.system.variant.create({ productId: product.id, variants: [{ sku: 'COOKED' }] })
  const [variant] = variants
  if (!variant) throw new Error('a variant was made')
  await shop.system.inventory.setLevel({ variantId: variant.id, onHand: 4 })
  const em = shop.runtime.orm.em.fork()
  await em.execute('update inventory_item set on_hand = 5 where variant_id = ?', [variant.id])
  expect(await runWith(['prove', 'stock'], shop.env)).toMatchObject({
    status: 1,
    out: expect.stringContaining('(COOKED): on hand 5, movements 4'),
  })
  expect(await runWith(['prove'], shop.env)).toMatchObject({
    status: 1,
    out: `I1 does not hold: What is on hand is what came less what went.\n  ${variant.id}\n`,
  })
  await em.execute('update inventory_item set on_hand = 4 where variant_id = ?', [variant.id])
})

test('the books of a shop are proven, and those of a shop at rest further', async () => {
  const busy = await runWith(['prove'], shop.env)
  expect(busy).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^The books are proven: \d+ sentences hold\.\n$/),
  })
  await shop.system.category.create({ slug: 'told', name: 'Told' })
  const resting = await runWith(['prove', '--quiesced'], shop.env)
  expect(resting).toMatchObject({ status: 1, out: expect.stringContaining('I7 does not hold: Every event has left') })
})
