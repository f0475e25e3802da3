import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLanes } from './lanes.ts'

/** Work that goes on until it is told to end. */
function job(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const work = async () => {
    log.push(`${name} begins`)
    await promise
    log.push(`${name} ends`)
  }
  return { work, end: resolve }
}

test('what is of one key is done one after the other, keys side by side', async () => {
  const lanes = openLanes({ wide: 2, long: 10 })
  const log: string[] = []
  const [a1, a2, b1] = [job(log, 'a1'), job(log, 'a2'), job(log, 'b1')]
  await lanes.add('a', a1.work)
  await lanes.add('a', a2.work)
  await lanes.add('b', b1.work)
  await setImmediate()
  expect(log).toEqual(['a1 begins', 'b1 begins'])
  for (const { end } of [a2, b1, a1]) {
    end()
    await setImmediate()
  }
  await lanes.idle()
  expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends'])
})

test('no more are under way than there are lanes', async () => {
  const lanes = openLanes({ wide: 3, long: 100 })
  let running = 0
  let most = 0
  for (let n = 0; n < 50; n++) {
    await lanes.add(`key ${n % 20}`, async () => {
      most = Math.max(most, ++running)
      await setImmediate()
      running--
    })
  }
  await lanes.idle()
  expect({ most, running }).toEqual({ most: 3, running: 0 })
})

test('who adds waits when too much is waiting', async () => {
  const lanes = openLanes({ wide: 1, long: 2 })
  const log: string[] = []
  const [first, second] = [job(log, 'first'), job(log, 'second')]
  await lanes.add('a', first.work)
  let added = false
  const adding = lanes.add('b', second.work).then(() => (added = true))
  await setImmediate()
  expect(added).toBe(false)
  first.end()
  await adding
  second.end()
  await lanes.idle()
})
