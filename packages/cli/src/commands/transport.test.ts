import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()

test('what events travel on is made, and made again without harm', async () => {
  const once = await runWith(['transport', 'init'], shop.env)
  expect(once).toMatchObject({ status: 0, err: '' })
  expect(once.out).toMatch(/^Events can travel by PostgreSQL: .*\border\b/)
  expect(await runWith(['transport', 'init'], shop.env)).toEqual(once)
})

test.each([
  ['Redis', { TRANSPORT: 'redis', REDIS_URL: 'redis://127.0.0.1:1' }],
  ['Kafka', { TRANSPORT: 'kafka', KAFKA_BROKERS: '127.0.0.1:1' }],
])('a %s that is not reached is a failure that names it', async (name, env) => {
  const { status, out, err } = await runWith(['transport', 'init'], { ...shop.env, ...env })
  expect({ status, out }).toEqual({ status: 1, out: '' })
  expect(err).toContain(`Events cannot travel by ${name}`)
})

test('a shop moves when nothing is on its way by the transport before', async () => {
  const { status, out } = await runWith(['transport', 'move'], shop.env)
  expect(status).toBe(0)
  expect(out).toContain('from now on PostgreSQL alone carries events')
})
