import { expect, test } from 'vitest'
import { idOf, madeAt } from './ids.ts'

test('an id tells when it was made, to the millisecond', () => {
  const before = Date.now()
  const time = madeAt(idOf('attempt').new()).getTime()
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now())
})

test('the example of the TypeID specification has its time', () => {
  // 01890a5d-ac96-774b-bcce-b302099a8057
  expect(madeAt('prefix_01h455vb4pex5vsknk084sn02q').getTime()).toBe(0x01890a5dac96)
})

test.each(['', 'attempt', 'attempt_', 'attempt_01h455vb4pex5vsknk084sn02', 'attempt_81h455vb4pex5vsknk084sn02q'])(
  '"%s" tells no time',
  (id) => {
    expect(() => madeAt(id)).toThrow(RangeError)
  },
)
