import { readConfig } from '@barrow/api/runtime'
import { startService } from '@barrow/dev/services'
import { testShop } from '@barrow/dev/test-shop'
import { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { initTransport } from '../init-transport.ts'
import { openRedis } from '../transports/redis.ts'
import { withoutCarrier } from './away.ts'
import { deliveryContract } from './contract.ts'

deliveryContract('redis', withoutCarrier)

test('a Redis that throws jobs out when its memory is full is refused', async () => {
  await using service = await startService('redis')
  const redis = new Redis(service.env.REDIS_URL)
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  redis.disconnect()
  const opened = openRedis(
    { url: service.env.REDIS_URL, prefix: 'barrow' },
    { groups: [], leaseSeconds: 5, onError: () => {} },
  )
  await expect(opened).rejects.toThrow('set maxmemory-policy to noeviction, it is allkeys-lru')
})

test('a Redis that writes nothing down is told of, and used', async () => {
  await using service = await startService('redis')
  const redis = new Redis(service.env.REDIS_URL)
  await redis.config('SET', 'appendonly', 'no')
  redis.disconnect()
  const told: string[] = []
  const opened = await openRedis(
    { url: service.env.REDIS_URL, prefix: 'barrow' },
    { groups: [], leaseSeconds: 5, onError: (error) => told.push(String(error)) },
  )
  await vi.waitFor(() => expect(told.join()).toContain('set appendonly to yes'), { timeout: 30_000, interval: 50 })
  await opened.close()
  const { env } = await testShop({ env: { ...service.env, TRANSPORT: 'redis' } })
  expect(await initTransport(readConfig(env))).toContain('order')
})

test('the queue of a group that nobody has any more is taken away, and no other', async () => {
  await using service = await startService('redis')
  const groups = ['former', 'stays'].map((name) => ({ name, events: ['order.placed'] }))
  const opened = await openRedis(
    { url: service.env.REDIS_URL, prefix: 'barrow' },
    { groups, leaseSeconds: 5, onError: () => {} },
  )
  await opened.publish([
    { topic: 'order', key: 'k', name: 'order.placed', eventId: 'event_1', groups: ['former', 'stays'] },
  ])
  const redis = new Redis(service.env.REDIS_URL)
  const kept = async (group: string) => (await redis.keys(`barrow:${group}:*`)).length > 0
  expect([await kept('former'), await kept('stays')]).toEqual([true, true])
  await opened.forget('former')
  expect([await kept('former'), await kept('stays')]).toEqual([false, true])
  redis.disconnect()
  await opened.close()
})
