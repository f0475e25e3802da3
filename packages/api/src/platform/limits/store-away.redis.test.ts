import { startService } from '@barrow/dev/services'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'

const redis = await startService('redis')
const shop = await testShop({ env: { LIMITS_SCALE: '1', LIMITS_REDIS_URL: redis.env.REDIS_URL } })
afterAll(() => redis[Symbol.asyncDispose]())

test('while Redis is away what must be counted is refused, the rest is counted here; afterwards all goes on', async () => {
  const { limits } = shop.runtime
  const who = 'somebody'
  expect((await limits.take('login', who)).allowed).toBe(true)
  await redis.kill()
  const during = await Promise.allSettled(Array.from({ length: 20 }, () => limits.take('login', who)))
  for (const one of during) expect(one).toMatchObject({ status: 'rejected', reason: { reason: 'busy' } })
  for (let n = 0; n < 60; n++) expect((await limits.take('search', who)).allowed).toBe(true)
  expect((await limits.take('search', who)).allowed).toBe(false)
  expect((await limits.take('guest', who)).allowed).toBe(true)
  await redis.up()
  await expect
    .poll(
      () =>
        limits.take('login', who).then(
          () => 'counted',
          () => 'away',
        ),
      { timeout: 40_000 },
    )
    .toBe('counted')
})
