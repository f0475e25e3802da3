import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { weaknessOf } from './secret-strength.ts'

test('of a hundred thousand secrets drawn by chance none is refused, however it is written', () => {
  const refused = Array.from({ length: 100_000 }, (_, n) => {
    const bytes = randomBytes(32)
    return weaknessOf(bytes.toString((['hex', 'base64', 'base64url'] as const)[n % 3]))
  }).filter((weakness) => weakness !== undefined)
  expect(refused).toEqual([])
})
