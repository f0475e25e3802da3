import fc from 'fast-check'
import { expect, test } from 'vitest'
import { verdictOn } from './rules.ts'

const answered = (status: number) => ({ kind: 'answered', status, excerpt: '' }) as const
const hours = (seconds: number) => seconds / 3600

test('a delivery is tried for a little more than three days, each pause longer than the one before', () => {
  const pauses: number[] = []
  for (;;) {
    const verdict = verdictOn(answered(500), pauses.length, 0)
    if (verdict.status !== 'failed') break
    pauses.push(verdict.pauseSeconds)
  }
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
  expect(pauses[0]).toBe(5)
  const total = hours(pauses.reduce((sum, pause) => sum + pause, 0))
  expect(total).toBeGreaterThan(72)
  expect(total).toBeLessThan(75)
})

test('only what the receiver took is delivered, whatever it answers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), fc.nat({ max: 20 }), (status, failures) => {
      const verdict = verdictOn(answered(status), failures, 0.5)
      expect(verdict.status === 'delivered').toBe(status >= 200 && status <= 299)
    }),
  )
})

test('what failed together does not come back together', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (chance) => {
      expect(verdictOn({ kind: 'failed', error: '' }, 0, chance)).toMatchObject({ pauseSeconds: 5 * (1 + chance / 10) })
    }),
  )
})
