import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import type { Fresh } from './cache.ts'

/** The cache as two processes of one shop see it, and how one of them tells that something has changed. */
export interface TwoProcesses {
  readonly here: Cache
  readonly there: Cache
  /** Returns when `there` has told, and `here` has heard. */
  change(keys: readonly string[]): Promise<void>
  /** Whether what one process keeps, the other gives. */
  readonly shared: boolean
}

const fresh = (text: string, tags: readonly string[] = ['product'], maxAgeMs = 60_000): Fresh => ({
  body: Buffer.from(text),
  tags,
  maxAgeMs,
})

/** What every cache promises. Answers are made of products and categories. */
export function cacheContract(open: () => Promise<TwoProcesses>): void {
  const opened = open()
  afterAll(async () => {
    const { here, there } = await opened
    await here[Symbol.asyncDispose]()
    await there[Symbol.asyncDispose]()
  })
  let count = 0
  /** A key nobody has read, and how often its answer was made. */
  const subject = () => {
    count += 1
    const key = `/trpc/subject?${count}`
    let made = 0
    const make = (text: string, tags?: readonly string[], maxAgeMs?: number) => async () => {
      made += 1
      return fresh(text, tags, maxAgeMs)
    }
    return { key, make, made: () => made }
  }
  const textOf = async (reading: ReturnType<Cache['read']>) => (await reading).body.toString()

  test('an answer is made once, and then given byte for byte with the same name', async () => {
    const { here } = await opened
    const { key, make, made } = subject()
    const bytes = 'Größe ﬁ 価格 \u0000'
    const first = await here.read(key, make(bytes))
    const second = await here.read(key, make('another'))
    expect(second.body.equals(Buffer.from(bytes))).toBe(true)
    expect(second.etag).toBe(first.etag)
    expect(first.etag).toMatch(/^"[\w-]{22}"$/)
    expect(made()).toBe(1)
    expect(second.leftMs).toBeGreaterThan(0)
    expect(second.leftMs).toBeLessThanOrEqual(60_000)
  })

  test('of two hundred who ask at once, in two processes, one makes the answer where they share it', async () => {
    const { here, there, shared } = await opened
    const { key } = subject()
    let makes = 0
    const slowly = async () => {
      makes += 1
      await sleep(50)
      return fresh('slow')
    }
    const all = Array.from({ length: 200 }, (_, index) => textOf((index % 2 ? here : there).read(key, slowly)))
    expect(new Set(await Promise.all(all))).toEqual(new Set(['slow']))
    expect(makes).toBe(shared ? 1 : 2)
  })

  test('what changes in one process is not given by any', async () => {
    const { here, there, change } = await opened
    const { key, make } = subject()
    for (const cache of [here, there]) await cache.read(key, make('old', ['product_1', 'category']))
    await change(['product_2', 'order_1'])
    for (const cache of [here, there]) expect(await textOf(cache.read(key, make('new')))).toBe('old')
    await change(['product_1'])
    for (const cache of [here, there]) expect(await textOf(cache.read(key, make('new')))).toBe('new')
  })

  test('a change of one product ends the lists of all', async () => {
    const { here, change } = await opened
    const { key, make } = subject()
    await here.read(key, make('old', ['product']))
    await change(['product_7'])
    expect(await textOf(here.read(key, make('new')))).toBe('new')
  })

  test('a reader who saw the state before a change does not bring it back after it', async () => {
    const { here, change } = await opened
    const { key, make } = subject()
    const reading = here.read(key, async () => {
      const seen = fresh('old', ['product_1'])
      await change(['product_1'])
      return seen
    })
    expect(await textOf(reading)).toBe('old')
    expect(await textOf(here.read(key, make('new')))).toBe('new')
  })

  test('who asks after a change does not get what somebody is still making from before it', async () => {
    const { here, change } = await opened
    const { key, make } = subject()
    const [begun, holding] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const before = here.read(key, async () => {
      begun.resolve()
      await holding.promise
      return fresh('old', ['product_1'])
    })
    await begun.promise
    await change(['product_1'])
    expect(await textOf(here.read(key, make('new', ['product_1'])))).toBe('new')
    holding.resolve()
    expect(await textOf(before)).toBe('old')
    expect(await textOf(here.read(key, make('newer', ['product_1'])))).not.toBe('old')
  })

  test('an answer ends with its bound, whoever keeps it', async () => {
    const { here } = await opened
    const { key, make } = subject()
    await here.read(key, make('old', ['product'], 60))
    await sleep(80)
    expect(await textOf(here.read(key, make('new')))).toBe('new')
  })

  test('the bound counts from when an answer began to be made', async () => {
    const { here } = await opened
    const { key, make } = subject()
    const { leftMs } = await here.read(key, async () => {
      await sleep(120)
      return fresh('old', ['product'], 60)
    })
    expect(leftMs).toBeLessThanOrEqual(0)
    expect(await textOf(here.read(key, make('new')))).toBe('new')
  })

  test('a failure is nobody else’s, and is not kept', async () => {
    const { here } = await opened
    const { key, make, made } = subject()
    const failing = here.read(key, async () => {
      await sleep(30)
      throw new Error('broken')
    })
    const beside = textOf(here.read(key, make('mine')))
    await expect(failing).rejects.toThrow('broken')
    expect(await beside).toBe('mine')
    expect(await textOf(here.read(key, make('mine')))).toBe('mine')
    expect(made()).toBeLessThanOrEqual(2)
  })

  test('when anything may have changed, nothing is given', async () => {
    const { here } = await opened
    const { key, make } = subject()
    await here.read(key, make('old', ['category_1']))
    await here.drop(null)
    expect(await textOf(here.read(key, make('new')))).toBe('new')
  })

  test('an answer too large to keep is given all the same', async () => {
    const { here } = await opened
    const { key, make, made } = subject()
    const large = 'x'.repeat(1024 * 1024 + 1)
    for (const _ of [1, 2]) expect((await textOf(here.read(key, make(large)))).length).toBe(large.length)
    expect(made()).toBe(2)
  })
}
