import type { Column } from './columns.ts'
import { parseDecimal } from './decimal.ts'
import type { Remarks, Row } from './remarks.ts'

const maxInteger = 2_147_483_647

/** An amount in minor units; null when the cell is blank, and when it is refused. */
export function readMoney(row: Row, column: Column, decimals: number, remarks: Remarks): number | null {
  const text = row.text(column)
  if (text === '') return null

  // A currency without decimals is exported with a ".0" or ".00" that says nothing. Three zeros could be a thousand.
  const amount = parseDecimal(decimals === 0 ? text.replace(/\.0{1,2}$/, '') : text, decimals)
  if (amount !== undefined) return amount

  remarks.refuse(row, column, moneyReason(text, decimals))
  return null
}

function moneyReason(text: string, decimals: number): string {
  if (/^-/.test(text)) return 'is negative'
  if (!/^\d+(\.\d+)?$/.test(text)) return 'is not a plain decimal number like 1234.50 (no currency sign, no comma)'
  if ((text.split('.')[1] ?? '').length > decimals) return `has more decimals than the currency, which has ${decimals}`
  return 'is too large'
}

/** A whole number, which may be negative; null when the cell is blank, and when it is refused. */
export function readInteger(row: Row, column: Column, remarks: Remarks): number | null {
  const text = row.text(column)
  if (text === '') return null
  if (/^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= maxInteger) return Number(text) + 0
  remarks.refuse(row, column, 'is not a whole number within 2,147,483,647')
  return null
}

/** Grams rounded to whole ones, 0 when blank: a weight decides on shipping, where a fraction of a gram is nothing. */
export function readGrams(row: Row, column: Column, remarks: Remarks): number {
  const text = row.text(column)
  if (text === '') return 0
  const grams = Math.round(Number(text))
  if (/^\d{1,10}(\.\d{1,20})?$/.test(text) && grams <= maxInteger) return grams
  remarks.refuse(row, column, 'is not a weight in grams')
  return 0
}

/** True or false as the file writes them, `otherwise` when blank. */
export function readFlag(row: Row, column: Column, otherwise: boolean, remarks: Remarks): boolean {
  const text = row.text(column).toLowerCase()
  if (text === '') return otherwise
  if (text === 'true' || text === 'false') return text === 'true'
  remarks.refuse(row, column, 'is neither true nor false')
  return otherwise
}

/** Text of at most `max` characters that the product can do without: left out, and noted, where it is longer. */
export function readOptionalText(row: Row, column: Column, max: number, remarks: Remarks): string {
  const text = row.text(column)
  if (text.length <= max) return text
  remarks.note(row, column, `is longer than ${max} characters and was left out`)
  return ''
}

/** The address of an image; null when blank, or unusable and for that reason left out. */
export function readUrl(row: Row, column: Column): { url: string | null; usable: boolean } {
  const text = row.text(column)
  if (text === '') return { url: null, usable: true }
  const usable = text.length <= 2048 && /^https?:\/\//i.test(text) && URL.canParse(text)
  return { url: usable ? text : null, usable }
}

/**
 * A SKU or barcode. Exports put an apostrophe before one that a spreadsheet would take for a number; it is not part of
 * the code.
 */
export function readCode(row: Row, column: Column): string | null {
  const text = row
    .text(column)
    .replace(/^'(?=.)/, '')
    .trim()
  return text === '' ? null : text
}
