import { expect, test, vi } from 'vitest'
import { startLoop } from './loop.ts'

test('a loop tells how long its round takes, so that one that hangs is noticed', async () => {
  const hung = Promise.withResolvers<boolean>()
  const loop = startLoop(
    1,
    () => hung.promise,
    () => {},
  )
  await vi.waitFor(() => expect(loop.busyMs()).toBeGreaterThan(50))
  const before = loop.busyMs()
  await vi.waitFor(() => expect(loop.busyMs()).toBeGreaterThan(before))
  const stopped = loop.stop()
  hung.resolve(false)
  await stopped
  expect(loop.busyMs()).toBe(0)
})

test('a loop whose rounds fail still comes round', async () => {
  let rounds = 0
  const loop = startLoop(
    1,
    async () => {
      rounds += 1
      throw new Error('away')
    },
    () => {},
  )
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(3))
  await loop.stop()
  expect(loop.busyMs()).toBe(0)
})
