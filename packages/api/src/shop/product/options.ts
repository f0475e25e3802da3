import { createHash } from 'node:crypto'
import type { OptionValue, ProductOption } from './entity.ts'
import { optionsInUse, optionValuesWrong } from './errors.ts'

/**
 * What tells two variants of one product apart: a digest, because five values of 255 characters are more than an index
 * takes. Texts that look the same but are composed of other code points are the same value.
 */
export function optionKeyOf(values: readonly string[]): string {
  const normal = values.map((value) => value.normalize('NFC').trim())
  return createHash('sha256').update(JSON.stringify(normal)).digest('hex')
}

export const titleOf = (options: readonly OptionValue[]): string => options.map((option) => option.value).join(' / ')

/** Puts values to the names of a product's options. Raises `option_values_wrong` unless there is one for each. */
export function choose(options: readonly ProductOption[], values: readonly string[]): OptionValue[] {
  const names = options.map((option) => option.name)
  if (names.length !== values.length) throw optionValuesWrong({ optionValues: [...values], options: names })
  return names.flatMap((name, index) => values.slice(index, index + 1).map((value) => ({ name, value })))
}

/** The product's options with the values that its variants bring along, each after those there are. */
export function withValues(
  options: readonly ProductOption[],
  chosen: readonly (readonly OptionValue[])[],
): ProductOption[] {
  return options.map(({ name, values }, index) => ({
    name,
    values: [...new Set([...values, ...chosen.flatMap((variant) => variant[index]?.value ?? [])])],
  }))
}

/**
 * Refuses new options that the product's variants do not fit: options are told apart by their place, so they may be
 * renamed, and values may come, go and change order, but none that a variant has may go.
 */
export function checkReplacement(next: readonly ProductOption[], used: readonly (readonly OptionValue[])[]): void {
  const gone = used.flatMap((variant) =>
    variant.length === next.length
      ? variant.filter((option, index) => !next[index]?.values.includes(option.value)).map((option) => option.value)
      : variant.map((option) => option.value),
  )
  const misfit = used.some((variant) => variant.length !== next.length)
  if (misfit || gone.length > 0) throw optionsInUse({ values: [...new Set(gone)].slice(0, 100) })
}
