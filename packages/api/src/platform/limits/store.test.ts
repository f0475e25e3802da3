import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { createWorkContext } from '../context.ts'
import { pruneCounts } from './entity.ts'
import { keepsLimitsContract } from './limits.contract.ts'

const shop = await testShop({ env: { LIMITS_SCALE: '1' } })
const other = await createRuntime(readConfig(shop.env))
afterAll(() => other.close())

keepsLimitsContract([shop.runtime.limits, other.limits])

test('counts that have started over are forgotten, others are not', async () => {
  const sql = (query: string) => shop.runtime.orm.em.fork().execute(query)
  await sql('delete from limit_count')
  await shop.runtime.limits.take('mail', 'somebody')
  await sql(`insert into limit_count (key, points, expire) select 'old:' || n, 1, 0 from generate_series(1, 20) n`)
  await pruneCounts(createWorkContext(shop.runtime, 'test', 'test', 'test'))
  expect(await sql(`select count(*)::int as count from limit_count`)).toEqual([{ count: 1 }])
})

test('a limit can be given a number of its own, and all be raised together', async () => {
  await using raised = await createRuntime(
    readConfig({ ...shop.env, LIMITS_SCALE: '2.5', LIMITS: 'checkout=7, search = 90' }),
  )
  const { limits } = raised
  expect([limits.pointsOf('checkout'), limits.pointsOf('search'), limits.pointsOf('mail')]).toEqual([7, 90, 25])
  expect(await limits.take('checkout', 'a raised one')).toMatchObject({ points: 7, remaining: 6 })
  for (const wrong of ['checkouts=1', 'checkout', 'checkout=0', 'checkout=-1', 'checkout=1.5', 'checkout=x'])
    expect(() => readConfig({ ...shop.env, LIMITS: wrong })).toThrow(/LIMITS: must be name=points/)
})
