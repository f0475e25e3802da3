import fc from 'fast-check'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Windows } from './windows.ts'

beforeAll(() => void vi.useFakeTimers())
afterAll(() => void vi.useRealTimers())

const limit = { points: 5, seconds: 10 }
const open = () => new Windows(limit)

async function byLibrary(limiter: RateLimiterMemory, key: string, points: number) {
  const [allowed, said] = await limiter.consume(key, points).then(
    (said) => [true, said] as const,
    (refusal: unknown) => [false, refusal] as const,
  )
  if (!(said instanceof RateLimiterRes)) throw said
  return { allowed, consumed: said.consumedPoints, ms: said.msBeforeNext }
}

test('points are counted as rate-limiter-flexible counts them in memory', async () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    points: fc.integer({ min: -1, max: 3 }),
    wait: fc.integer({ min: 0, max: 6_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const windows = open()
      const limiter = new RateLimiterMemory({ keyPrefix: '', points: limit.points, duration: limit.seconds })
      for (const { key, points, wait } of steps) {
        expect(windows.take(key, points)).toEqual(await byLibrary(limiter, key, points))
        vi.advanceTimersByTime(wait)
      }
    }),
  )
})

test('who came once is forgotten while others come', () => {
  const windows = open()
  for (let n = 0; n < 1_000; n++) windows.take(`once ${n}`, 1)
  expect(windows.size).toBe(1_000)
  vi.advanceTimersByTime(limit.seconds * 1000)
  for (let n = 0; n < 600; n++) windows.take(`later ${n}`, 1)
  expect(windows.size).toBe(600)
})

test('what others took counts once, and whoever goes beyond it is still told apart as the first', () => {
  vi.useFakeTimers()
  try {
    const windows = new Windows({ points: 10, seconds: 60 })
    windows.take('a', 4)
    windows.add('a', 3)
    expect(windows.take('a', 1)).toMatchObject({ allowed: true, consumed: 8 })
    windows.add('a', 30)
    expect(windows.take('a', 1)).toMatchObject({ allowed: false, consumed: 11 })
    vi.advanceTimersByTime(60_000)
    windows.add('a', 30)
    expect(windows.take('a', 1)).toMatchObject({ allowed: true, consumed: 1 })
  } finally {
    vi.useRealTimers()
  }
})
