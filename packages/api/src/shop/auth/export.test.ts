import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { PersonalDatum } from './personal-data.ts'
import { colleague, customer, enrol, PASSWORD, sql, type visitor } from './test-visitor.ts'

const shop = await testShop()

/** All pages of an export, of so many parts each. */
async function all(page: (cursor?: string) => Promise<{ rows: PersonalDatum[]; next: string | null }>) {
  const rows: PersonalDatum[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer = await page(cursor)
    rows.push(...answer.rows)
    cursor = answer.next
  }
  return rows
}

const exportOf = (robin: Pick<ReturnType<typeof visitor>, 'call'>, limit = 100) =>
  all((cursor) => robin.call.user.exportMine({ limit, ...(cursor && { cursor }) }))

/** Somebody of whom every place keeps something. */
async function regular(email: string) {
  const robin = await customer(shop, email, 'Robin Zaunkoenig')
  await robin.call.address.create({ name: 'Robin Zaunkoenig', line1: 'Heckenweg 7', city: 'Bath', countryCode: 'GB' })
  await robin.call.auth.requestEmailChange({ newEmail: `new-${email}`, password: PASSWORD })
  await enrol(robin)
  const { variantIds } = await goods(shop, { onHand: 5 })
  const actor = { kind: 'customer', userId: robin.id, sessionId: 'none', guest: null } as const
  const lines = variantIds.map((variantId) => ({ variantId }))
  const { id: orderId } = await (await buyer(shop, lines, { actor })).place()
  await shop.system.order.addNote({ orderId, text: 'Asked for the blue one.' })
  await buyer(shop, lines, { actor })
  return { ...robin, orderId }
}

test('a customer takes home everything the shop keeps about them, part by part', async () => {
  const robin = await regular('robin.zaunkoenig@example.com')
  const parts = await exportOf(robin)
  expect([...new Set(parts.map(({ kind }) => kind))]).toEqual([
    'account',
    'address',
    'cart',
    'order',
    'session',
    'link',
    'deed',
  ])
  const words = [
    'robin.zaunkoenig@example.com',
    'new-robin',
    'Robin Zaunkoenig',
    'Heckenweg 7',
    'Ada Example',
    'blue one',
  ]
  for (const word of words) expect(JSON.stringify(parts)).toContain(word)
  expect(parts[0]).toMatchObject({
    kind: 'account',
    account: { id: robin.id, totpSince: expect.any(Date), passwordChangedAt: expect.any(Date) },
  })
  const order = parts.find((part) => part.kind === 'order')
  expect(order?.order).toEqual({
    ...(await shop.system.order.get({ orderId: robin.orderId })),
    notes: [{ text: 'Asked for the blue one.', createdAt: expect.any(Date) }],
  })
})

test('in pages of any size it is the same, and nothing in it lets anybody in', async () => {
  const robin = await regular('robin.reader@example.com')
  const whole = await exportOf(robin)
  for (const limit of [1, 3]) expect(await exportOf(robin, limit)).toEqual(whole)
  const text = JSON.stringify(whole)
  for (const secret of ['argon2', 'sealed', robin.keeps.session ?? 'missing']) expect(text).not.toContain(secret)
  const [{ id } = { id: 'missing' }] = await sql<{ id: string }>(shop, 'select id from session where user_id = ?', [
    robin.id,
  ])
  expect(text).not.toContain(id)
})

test('a customer sees nothing of anybody else', async () => {
  const robin = await regular('robin.one@example.com')
  const kim = await regular('kim.two@example.com')
  const text = JSON.stringify(await exportOf(robin))
  for (const word of [kim.id, kim.email, kim.orderId]) expect(text).not.toContain(word)
  const page = await kim.call.user.exportMine({ limit: 2 })
  const onward = await robin.call.user.exportMine({ limit: 100, cursor: page.next ?? '' })
  expect(JSON.stringify(onward)).not.toContain(kim.id)
})

test('staff hand it over for whom they look after, after a recent login, and it is noted', async () => {
  const robin = await regular('robin.asked@example.com')
  const clerk = shop.staff('customers:read')
  const parts = await all((cursor) => clerk.user.export({ id: robin.id, limit: 100, ...(cursor && { cursor }) }))
  expect(parts).toEqual(await exportOf(robin))
  const boss = await colleague(shop, { role: 'admin' })
  await expect(clerk.user.export({ id: boss.id })).rejects.toMatchObject({ cause: { reason: 'user_not_found' } })
  await expect(shop.staff('orders:read').user.export({ id: robin.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a cursor nobody was given is refused', async () => {
  const robin = await customer(shop)
  const cursor = (...keys: unknown[]) => Buffer.from(JSON.stringify(['personal data', ...keys])).toString('base64url')
  for (const wrong of [cursor(99, ''), cursor(-1, ''), cursor(1.5, ''), cursor(0, 1), cursor(0, 'x'.repeat(101)), 'x'])
    await expect(robin.call.user.exportMine({ cursor: wrong })).rejects.toMatchObject({
      cause: { reason: 'invalid_input' },
    })
})

test('every table that names a person is part of the export, or holds nothing but what lets them in', async () => {
  const tables = await sql<{ table: string }>(
    shop,
    `select distinct conrelid::regclass::text as "table" from pg_constraint
     where contype = 'f' and confrelid = '"user"'::regclass
     union select table_name from information_schema.columns
     where table_schema = 'public' and column_name in ('email', 'user_id', 'customer_id', 'shipping_address', 'phone')`,
  )
  expect([...new Set(tables.map(({ table }) => table.replaceAll('"', '')))].sort()).toEqual([
    'address',
    'api_key',
    'cart',
    'credential',
    'link',
    'login_challenge',
    'order',
    'recovery_code',
    'session',
    'totp',
    'user',
  ])
})
