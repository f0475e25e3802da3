import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { guestTokenOf } from './access.ts'

const shop = await testShop({ env: { PAYMENT_PROVIDER: 'test' } })
const { url: origin } = await served(shop)
const url = `${origin}/rest/v1/orders`

test('over REST the token of a confirmation comes in a header, and opens its order and no other', async () => {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const [variantId = 'variant_none' as const] = variantIds
  const [mine, other] = [await buyer(shop, [{ variantId }]), await buyer(shop, [{ variantId }])]
  const [{ id }, { id: otherId }] = [await mine.place(), await other.place()]
  const token = guestTokenOf(shop.runtime.config, id)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/${path}`, { headers })
    const body = (await answer.json()) as { id?: string; reason?: string; details?: unknown }
    return { ...body, status: answer.status, cache: answer.headers.get('cache-control') }
  }
  const bearer = { 'Barrow-Order-Token': token }
  expect(await get(id, bearer)).toMatchObject({ status: 200, id, cache: 'no-store' })
  expect(await get(id)).toMatchObject({ status: 404, reason: 'order_not_found' })
  expect(await get(otherId, bearer)).toMatchObject({ status: 404, reason: 'order_not_found' })
  expect(await get(id, { 'Barrow-Order-Token': 'x' })).toMatchObject({ status: 422 })
  // An address ends in logs.
  expect(await get(`${id}?guestToken=${token}`)).toMatchObject({
    status: 422,
    details: { fields: [{ path: 'guestToken', message: 'belongs into the header Barrow-Order-Token' }] },
  })
})
