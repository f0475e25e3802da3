import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { sweep } from './sweep.ts'
import { contextOf, customer, sql } from './test-visitor.ts'

const shop = await testShop()

test('sessions that are over and links of a month ago are taken away, and nobody else notices', async () => {
  const [robin, gone] = [await customer(shop), await customer(shop)]
  await sql(shop, 'update session set expires_at = now() where user_id = ?', [gone.id])
  await sql(shop, `update link set expires_at = now() - interval '31 days' where user_id = ?`, [gone.id])
  await sweep(contextOf(shop))
  for (const table of ['session', 'link']) {
    expect(await sql(shop, `select 1 from ${table} where user_id = ?`, [gone.id])).toHaveLength(0)
    expect(await sql(shop, `select 1 from ${table} where user_id = ?`, [robin.id])).toHaveLength(1)
  }
  expect(await robin.call.auth.me()).toMatchObject({ id: robin.id })
})
