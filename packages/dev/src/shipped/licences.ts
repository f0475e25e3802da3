import type { Shipped } from './packages.ts'

/** Licences that ask for a notice at most. Whoever adds another has read it. */
export const allowed: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]

/** Whether one of the licences to choose from is allowed, with all that it demands. */
export function isAllowed(licence: string): boolean {
  const choices = licence.replaceAll(/[()]/g, '').split(/ OR /i)
  return choices.some((choice) => choice.split(/ AND /i).every((id) => allowed.includes(id.trim())))
}

export const refused = (packages: Iterable<Shipped>): Shipped[] =>
  [...packages].filter(({ licence }) => !isAllowed(licence))
