import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countLater } from './later.ts'
import { Windows } from './windows.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const minute = { points: 60, seconds: 60 }

/** A process that counts in memory and tells a store. */
function processAt(store: Windows, away = () => false) {
  const here = new Windows(minute)
  const later = countLater({
    pointsOf: () => minute.points,
    add: (_, who, points) => here.add(who, points),
    async tell(_, who, points) {
      if (away()) throw new Error('away')
      const { consumed, ms } = store.take(who, points)
      return { all: consumed, until: performance.now() + ms }
    },
  })
  return () => {
    later.note('search', 'ada', 1)
    return here.take('ada', 1).allowed
  }
}

/** How many of so many a minute are refused within ten minutes. */
async function refusedOf(perMinute: number, processes: (() => boolean)[]): Promise<number> {
  let refused = 0
  for (let n = 0; n < perMinute * 10; n += 1) {
    if (!processes[n % processes.length]?.()) refused += 1
    await vi.advanceTimersByTimeAsync(60_000 / perMinute)
  }
  return refused
}

test('who takes less than there is in a minute is never refused, however long it goes on', async () => {
  for (const perMinute of [5, 25, 40, 58]) {
    const store = new Windows(minute)
    expect(await refusedOf(perMinute, [processAt(store)])).toBe(0)
  }
})

test('what is taken in several processes counts together', async () => {
  const store = new Windows(minute)
  const processes = [processAt(store), processAt(store)]
  expect(await refusedOf(110, processes)).toBeGreaterThan(300)
})

test('what could not be told is told later', async () => {
  const store = new Windows(minute)
  let isAway = true
  const [one, other] = [processAt(store, () => isAway), processAt(store)]
  for (let n = 0; n < 50; n += 1) one()
  await vi.advanceTimersByTimeAsync(3_000)
  isAway = false
  for (let n = 0; n < 12; n += 1) other()
  await vi.advanceTimersByTimeAsync(3_000)
  for (let n = 0; n < 6; n += 1) other()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(other()).toBe(false)
})
