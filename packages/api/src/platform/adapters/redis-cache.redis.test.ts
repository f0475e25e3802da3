import { type Service, startService } from '@barrow/dev/services'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createCache } from '../cache/cache.ts'
import type { Changes, Heard } from '../changes.ts'
import { createMetrics } from '../observe/metrics.ts'
import { cacheContract } from '../ports/cache.contract.ts'
import { openRedisCache } from './redis-cache.ts'

/** A Redis of this file's own: it is killed and paused here. */
const starting = startService('redis')
let server: Service<'redis'>
beforeAll(async () => {
  server = await starting
}, 120_000)
afterAll(async () => (await starting).stop())

const kinds = new Set(['product', 'category'])
/** How processes hear of each other's changes; the database's part is tested where that is. */
const ears = new Set<Heard>()
const changes: Changes = {
  on: (_key, heard) => {
    ears.add(heard)
    return () => ears.delete(heard)
  },
  async [Symbol.asyncDispose]() {},
}
const soon = { timeout: 30_000, interval: 20 }
let shops = 0

async function open(prefix: string, said: string[] = []) {
  const { env } = await starting
  const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
  const metrics = createMetrics()
  const cache = createCache(openRedisCache({ url: env.REDIS_URL, prefix }, log), {
    kinds,
    changes,
    metrics,
    log,
  })
  const outcomes = async () => {
    const { values } = await metrics.cacheReads.get()
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]))
  }
  return { cache, outcomes }
}
const shop = () => `shop-${++shops}`

const answer = (text: string) => async () => ({ body: Buffer.from(text), tags: ['product'], maxAgeMs: 60_000 })

cacheContract(async () => {
  const prefix = shop()
  const [{ cache: here }, { cache: there }] = [await open(prefix), await open(prefix)]
  const change = async (keys: readonly string[]) => {
    await there.drop(keys)
    for (const hear of ears) hear(keys)
  }
  return { here, there, shared: true, change }
})

test('shops that share a Redis share no answers', async () => {
  const [{ cache: mine }, { cache: yours }] = [await open(shop()), await open(shop())]
  await mine.read('/a', answer('mine'))
  expect(String((await yours.read('/a', answer('yours'))).body)).toBe('yours')
  for (const cache of [mine, yours]) await cache[Symbol.asyncDispose]()
})

test('whatever Redis throws out, nothing old comes back', async () => {
  const prefix = shop()
  const { cache } = await open(prefix)
  await using redis = Object.assign(new Redis((await starting).env.REDIS_URL), {
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  })
  const versions = () => redis.keys(`*${prefix}-cache}:version:*`)
  const read = async (text: string) => String((await cache.read('/a', answer(text))).body)
  await read('old')
  await cache.drop(['product_1'])
  await redis.del(...(await versions()))
  expect(await read('new')).toBe('new')
  await redis.del(`{${prefix}-cache}:changes`)
  expect(await read('newer')).toBe('new')
  await redis.flushall()
  expect(await read('newest')).toBe('newest')
  await cache[Symbol.asyncDispose]()
})

test('nothing that is kept names what was asked for', async () => {
  const prefix = shop()
  const { cache } = await open(prefix)
  await cache.read('/trpc/product.list?input=ada%20lovelace', answer('x'))
  const redis = new Redis((await starting).env.REDIS_URL)
  expect((await redis.keys('*')).join()).not.toMatch(/ada|lovelace/)
  expect(await redis.pttl((await redis.keys(`*${prefix}-cache}:answer:*`))[0] ?? '')).toBeGreaterThan(0)
  redis.disconnect()
  await cache[Symbol.asyncDispose]()
})

test('a Redis that keeps everything is warned of', async () => {
  const said: string[] = []
  const { cache } = await open(shop(), said)
  await cache.read('/a', answer('x'))
  await vi.waitFor(() => expect(said.join()).toContain('maxmemory-policy'), soon)
  await cache[Symbol.asyncDispose]()
})

test('without Redis every read is answered, and when it is back it is used again', async () => {
  const prefix = shop()
  const { cache, outcomes } = await open(prefix)
  const read = async (text: string) => String((await cache.read('/a', answer(text))).body)
  await read('old')
  await server.kill()
  for (const text of ['1', '2', '3']) expect(await read(text)).toBe(text)
  expect((await outcomes()).error).toBeGreaterThanOrEqual(3)
  await server.up()
  await vi.waitFor(async () => {
    await read('kept')
    const { hit = 0 } = await outcomes()
    await read('another')
    expect((await outcomes()).hit).toBe(hit + 1)
  }, soon)
  await cache[Symbol.asyncDispose]()
})

test('a Redis that answers nothing holds up the first reader alone, and what changed meanwhile is not given', async () => {
  const { cache, outcomes } = await open(shop())
  const read = async (text: string) => String((await cache.read('/a', answer(text))).body)
  await read('old')
  const redis = new Redis((await starting).env.REDIS_URL)
  await redis.config('RESETSTAT')
  await server.pause()
  for (let index = 0; index < 50; index++) expect(await read(`${index}`)).toBe(`${index}`)
  await cache.drop(['product_1'])
  await server.resume()
  // Most did not even ask.
  const asked = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
  expect(Number(asked ?? 0)).toBeLessThan(40)
  redis.disconnect()
  expect((await outcomes()).error).toBe(50)
  await vi.waitFor(async () => {
    const { error } = await outcomes()
    expect(await read('new')).toBe('new')
    expect((await outcomes()).error).toBe(error)
  }, soon)
  await cache[Symbol.asyncDispose]()
})

test('a shop that starts without Redis answers, and finds it when it comes', async () => {
  await server.kill()
  const { cache, outcomes } = await open(shop())
  expect(String((await cache.read('/a', answer('x'))).body)).toBe('x')
  await server.up()
  await vi.waitFor(async () => {
    await cache.read('/a', answer('x'))
    expect((await outcomes()).hit).toBeGreaterThan(0)
  }, soon)
  await cache[Symbol.asyncDispose]()
})
