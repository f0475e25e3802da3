import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { expect, test } from 'vitest'
import { isAllowed, refused } from './licences.ts'
import { shipped } from './packages.ts'
import { sbom } from './sbom.ts'

const packages = await shipped()

test('all that images and the SDK hold stands under a licence that somebody has allowed', () => {
  expect(refused(packages.values())).toEqual([])
})

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE', false],
  ['unknown', false],
])('a package under %s is allowed: %s', (licence, expected) => {
  expect(isAllowed(licence)).toBe(expected)
})

test('what only development needs is not counted, what a dependency needs is', () => {
  const names = [...packages.values()].map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['@mikro-orm/core', '@node-rs/argon2', 'bullmq']))
  expect(names).toEqual(expect.arrayContaining(['pg-protocol', 'msgpackr']))
  expect(names).not.toEqual(expect.arrayContaining(['vitest']))
  expect(names.filter((name) => name.startsWith('@barrow/') || name.startsWith('@types/'))).toEqual([])
})

test('the bill of materials is one by its schema, the same each time, with a checksum for every package', async () => {
  const text = await sbom()
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull()
  expect(await sbom()).toBe(text)
  const { components }: { components: { 'bom-ref': string; hashes?: object[] }[] } = JSON.parse(text)
  expect(components.map((component) => component['bom-ref']).sort()).toEqual([...packages.keys()].sort())
  expect(components.filter(({ hashes }) => hashes?.length !== 1)).toEqual([])
})
