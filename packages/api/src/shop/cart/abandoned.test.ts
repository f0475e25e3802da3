import { shopper, visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createWorkContext } from '../../platform/context.ts'
import { removeAbandoned } from './index.ts'

const shop = await testShop({ env: { GUEST_CART_DAYS: '7' } })
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const sweep = () => removeAbandoned(createWorkContext(shop.runtime, 'worker', 'test', 'test'))
const untouchedFor = (cartId: string, days: number) =>
  sql('update cart set updated_at = now() - make_interval(days => ?) where id = ?', [days, cartId])

const there = async (cartIds: string[]) =>
  (await sql<{ id: string }>('select id from cart where id in (?)', [cartIds])).map(({ id }) => id)

test('a visitor’s cart is removed with its lines once nobody has touched it for a week', async () => {
  const [old, recent] = [await shopper(shop), await shopper(shop)]
  await untouchedFor(old.cartId, 8)
  await untouchedFor(recent.cartId, 6)
  await sweep()
  expect(await there([old.cartId, recent.cartId])).toEqual([recent.cartId])
  expect(await sql('select 1 from cart_line where cart_id = ?', [old.cartId])).toEqual([])
  await expect(old.caller.cart.get({ id: old.cartId })).rejects.toMatchObject({ cause: { reason: 'cart_not_found' } })
  await old.caller.cart.create({ currency: 'EUR' })
})

test('a customer’s cart waits for them, and an ordered one belongs to its order', async () => {
  const ordered = await shopper(shop)
  await ordered.place()
  const mine = await shopper(shop)
  const { id: userId } = await shop.system.user.create({ email: 'ada@example.com', role: 'customer' })
  await sql('update cart set guest = null, customer_id = ? where id = ?', [userId, mine.cartId])
  for (const { cartId } of [ordered, mine]) await untouchedFor(cartId, 400)
  await sweep()
  expect(await there([ordered.cartId, mine.cartId])).toHaveLength(2)
})

test('whatever a visitor does to their cart keeps it', async () => {
  const ada = await shopper(shop)
  await untouchedFor(ada.cartId, 8)
  await ada.caller.cart.setDetails({ cartId: ada.cartId, email: 'other@example.com' })
  await sweep()
  expect(await there([ada.cartId])).toEqual([ada.cartId])
})

test('several at once remove each cart once, and leave one that somebody is at', async () => {
  const carts = await Promise.all(
    Array.from({ length: 6 }, async () => (await shop.as(visitor()).cart.create({ currency: 'EUR' })).id),
  )
  for (const id of carts) await untouchedFor(id, 8)
  const [busy = ''] = carts
  await shop.runtime.orm.em.fork().transactional(async (em) => {
    await em.execute('select id from cart where id = ? for no key update', [busy])
    const removed = await Promise.all([sweep(), sweep(), sweep()])
    expect(removed.reduce((sum, count) => sum + count)).toBe(5)
    await em.execute('update cart set updated_at = now() where id = ?', [busy])
  })
  await sweep()
  expect(await there(carts)).toEqual([busy])
})
