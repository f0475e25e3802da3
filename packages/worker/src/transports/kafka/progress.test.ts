import { expect, test } from 'vitest'
import { trackProgress } from './progress.ts'

const at = (offset: number, partition = 0) => ({ topic: 'order', partition, offset: BigInt(offset), leaderEpoch: 1 })

test('a place counts as reached only when nothing before it is unfinished', () => {
  const progress = trackProgress()
  const [first, second, third] = [5, 6, 9].map((offset) => progress.begin(at(offset)))
  second?.()
  third?.()
  expect(progress.take()).toEqual([])
  first?.()
  expect(progress.take()).toEqual([at(10)])
  expect(progress.take()).toEqual([])
})

test('each partition has a place of its own', () => {
  const progress = trackProgress()
  progress.begin(at(1, 0))
  progress.begin(at(1, 1))()
  expect(progress.take()).toEqual([at(2, 1)])
})

test('what could not be said of a place is said again, unless it has moved on', () => {
  const progress = trackProgress()
  progress.begin(at(1))()
  progress.begin(at(1, 1))()
  const unsaid = progress.take()
  progress.begin(at(2))()
  progress.putBack(unsaid)
  expect(progress.take()).toEqual([at(3), at(2, 1)])
})

test('messages that are read again are not passed over for having been under way before', () => {
  const progress = trackProgress()
  const before = [1, 2, 3].map((offset) => progress.begin(at(offset)))
  const again = [1, 2, 3].map((offset) => progress.begin(at(offset)))
  for (const done of before) done()
  expect(progress.take()).toEqual([])
  again[0]?.()
  expect(progress.take()).toEqual([at(2)])
})
