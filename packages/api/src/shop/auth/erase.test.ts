import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { Actor } from '../../platform/actor.ts'
import { challengeFor, colleague, customer, enrol, mailTo, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop()

/** Every text of every table: where a name or an address could have stayed. */
async function everythingStored(): Promise<string> {
  const columns = await sql<{ table: string; column: string }>(
    shop,
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY')`,
  )
  expect(columns.length).toBeGreaterThan(30)
  const texts = await Promise.all(
    columns.map(async ({ table, column }) => {
      const rows = await sql<{ value: string | null }>(shop, `select "${column}"::text as value from "${table}"`)
      return rows.map(({ value }) => `${table}.${column}: ${value}`)
    }),
  )
  return texts.flat().join('\n')
}

/** The places in which any of these words is still to be read. */
const placesOf = (stored: string, words: readonly string[]) =>
  stored.split('\n').filter((line) => words.some((word) => line.toLowerCase().includes(word.toLowerCase())))

/** Fills a cart with names and addresses, and orders it. */
async function boughtBy(actor: Actor, how: 'ordered' | 'only the cart' = 'ordered') {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const ready = await buyer(
    shop,
    variantIds.map((variantId) => ({ variantId })),
    { actor },
  )
  return how === 'ordered' ? ready.place() : null
}

test('of a person who was erased, no table holds name, address or e-mail', async () => {
  const robin = await customer(shop, 'robin.zaunkoenig@example.com', 'Robin Zaunkoenig')
  const words = [
    'zaunkoenig',
    'buyer@example.com',
    'Ada Example',
    '1 Example Street',
    'Heckenweg',
    '555-0199',
    'wren.new',
  ]
  await robin.call.address.create({
    name: 'Robin Zaunkoenig',
    line1: 'Heckenweg 7',
    city: 'Bath',
    countryCode: 'GB',
    phone: '+44 555-0199',
    defaultShipping: true,
  })
  await robin.call.auth.requestEmailChange({ newEmail: 'wren.new@example.com', password: PASSWORD })
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  await enrol(robin)
  await challengeFor(shop, robin.email)
  await robin.call.auth.changePassword({ currentPassword: PASSWORD, newPassword: 'a zaunkoenig sings at dawn' })
  await challengeFor(shop, robin.email, 'a zaunkoenig sings at dawn')
  const actor = { kind: 'customer', userId: robin.id, sessionId: 'none', guest: null } as const
  const keyed = shop.as(actor, 'key-of-robin-zaunkoenig')
  await keyed.address.create({ name: 'Z', line1: 'Heckenweg 8', city: 'Bath', countryCode: 'GB' })
  const order = await boughtBy(actor)
  await boughtBy(actor, 'only the cart')
  expect(placesOf(await everythingStored(), words).length).toBeGreaterThan(5)

  await shop.system.user.erase({ id: robin.id })
  expect(placesOf(await everythingStored(), words)).toEqual([])
  for (const table of ['totp', 'recovery_code', 'login_challenge'])
    expect(await sql(shop, `select 1 from ${table} where user_id = ?`, [robin.id])).toEqual([])
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await shop.system.user.get({ id: robin.id })).toMatchObject({ status: 'erased', email: null, name: null })
  expect(await shop.system.order.get({ orderId: order?.id ?? 'order_' })).toMatchObject({
    email: null,
    shippingAddress: null,
    total: order?.total,
  })
  expect(
    await shop.runtime.orm.em.fork().execute('select method from payment_attempt where order_id = ?', [order?.id]),
  ).toEqual([{ method: '' }])
})

test('erasing again changes nothing, and nothing brings the person back', async () => {
  const robin = await customer(shop)
  const erased = await shop.system.user.erase({ id: robin.id })
  expect(await shop.system.user.erase({ id: robin.id })).toEqual(erased)
  for (const attempt of [
    () => shop.system.user.enable({ id: robin.id }),
    () => shop.system.user.update({ id: robin.id, name: 'Back' }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ cause: { reason: 'user_erased' } })
  }
  await expect(visitor(shop).call.auth.login({ email: robin.email, password: PASSWORD })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
})

test('the address of an erased person is free for a new account', async () => {
  const robin = await customer(shop)
  await shop.system.user.erase({ id: robin.id })
  const again = await customer(shop, robin.email)
  expect(again.id).not.toBe(robin.id)
})

test('what a person writes while they are erased is not kept', async () => {
  const robin = await customer(shop)
  const home = { name: 'Racing Reed', line1: 'Racing Lane 1', city: 'Bath', countryCode: 'GB' }
  const { token } = await mailTo(shop, robin.email, 'verify_email')
  await Promise.allSettled([
    ...Array.from({ length: 8 }, () => robin.call.address.create(home)),
    ...Array.from({ length: 4 }, () => robin.call.cart.create({ currency: 'EUR' })),
    shop.system.user.erase({ id: robin.id }),
    ...Array.from({ length: 8 }, () => robin.call.address.create(home)),
    ...Array.from({ length: 4 }, () => robin.call.cart.create({ currency: 'EUR' })),
    robin.call.auth.login({ email: robin.email, password: PASSWORD }),
    robin.call.auth.verifyEmail({ token }),
  ])
  expect(placesOf(await everythingStored(), ['Racing'])).toEqual([])
  expect(await sql(shop, 'select 1 from cart where customer_id = ?', [robin.id])).toEqual([])
  for (const table of ['session', 'link', 'login_challenge', 'recovery_code', 'totp', 'credential']) {
    expect(await sql(shop, `select 1 from ${table} where user_id = ?`, [robin.id])).toEqual([])
  }
})

test('the keys of an erased colleague are revoked', async () => {
  const clerk = await colleague(shop, { role: 'staff', permissions: ['settings:write', 'settings:read'] })
  const { token } = await clerk.call.apiKey.create({ name: 'Clerk’s own', permissions: ['settings:read'] })
  await shop.system.user.erase({ id: clerk.id })
  const program = visitor(shop, { session: token })
  await expect(program.call.apiKey.list({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(placesOf(await everythingStored(), ['Clerk’s own'])).toEqual([])
})
