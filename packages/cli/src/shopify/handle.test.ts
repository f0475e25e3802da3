import fc from 'fast-check'
import { expect, it } from 'vitest'
import { slugOf } from './handle.ts'

it('a handle made into a slug is a slug already', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const slug = slugOf(text)
      expect(slugOf(slug)).toBe(slug)
      expect(slug).toMatch(/^(?:[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+(?:-[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+)*)?$/u)
    }),
  )
})

it.each([
  ['Ocean Blue Shirt', 'ocean-blue-shirt'],
  ['--a__b--', 'a-b'],
  ['Ćwiartka №5', 'ćwiartka-5'],
  ['हिन्दी किताब', 'हिन्दी-किताब'],
  ['𝐀 Cup', 'cup'],
  ['!!!', ''],
])('the handle "%s" becomes "%s"', (handle, slug) => {
  expect(slugOf(handle)).toBe(slug)
})
