import { readCode, readFlag, readGrams, readInteger, readMoney, readUrl } from './cells.ts'
import type { Column } from './columns.ts'
import type { ParsedVariant } from './product.ts'
import type { Remarks, Row } from './remarks.ts'

export const optionColumns = [
  { name: 'option1Name', value: 'option1Value' },
  { name: 'option2Name', value: 'option2Value' },
  { name: 'option3Name', value: 'option3Value' },
] as const satisfies { name: Column; value: Column }[]

const identifying: Column[] = [...optionColumns.map(({ value }) => value), 'sku', 'barcode', 'price', 'compareAtPrice']

/** Whether a row speaks of a variant. Exports repeat weight units, tax codes and the like on rows of images alone. */
export function isVariantRow(row: Row): boolean {
  return identifying.some((column) => row.text(column) !== '')
}

/**
 * The variant of a row, or undefined when the row is refused. `names` are the product's options; none for a product
 * that has a single variant.
 */
export function readVariant(
  row: Row,
  names: readonly string[],
  decimals: number,
  remarks: Remarks,
): ParsedVariant | undefined {
  const price = readMoney(row, 'price', decimals, remarks)
  if (row.text('price') === '') remarks.refuse(row, 'price', 'is missing')

  const sku = readCode(row, 'sku')
  if (sku !== null && sku.length > 100) remarks.refuse(row, 'sku', 'is longer than 100 characters')

  const variant = {
    line: row.line,
    sku,
    barcode: readBarcode(row, remarks),
    optionValues: readOptionValues(row, names, remarks),
    compareAtPrice: readMoney(row, 'compareAtPrice', decimals, remarks) || null,
    weightGrams: readGrams(row, 'grams', remarks),
    requiresShipping: readFlag(row, 'requiresShipping', true, remarks),
    taxable: readFlag(row, 'taxable', true, remarks),
    tracked: row.text('tracker') !== '',
    quantity: readQuantity(row, remarks),
    imageUrl: readVariantImage(row, remarks),
  }
  if (price === null || remarks.isRefused(row)) return undefined

  if (variant.tracked && /^(continue|true)$/i.test(row.text('policy'))) {
    remarks.note(row, 'policy', 'sells on when out of stock; taken as tracked stock, which sells down to zero')
  }
  return { ...variant, price }
}

function readOptionValues(row: Row, names: readonly string[], remarks: Remarks): string[] {
  for (const [index, columns] of optionColumns.entries()) {
    const name = row.text(columns.name)
    const value = row.text(columns.value)
    const expected = names[index]
    // A product without options says so with one named "Title" of the value "Default Title", or with nothing at all.
    const plain = names.length === 0 && index === 0

    // Values under other names could be those of another option; most files leave the names of later rows blank.
    if (name !== '' && name !== expected && !(plain && name === 'Title')) {
      remarks.refuse(row, columns.name, 'is not the name that the product gives this option')
    } else if (expected !== undefined && value === '') {
      remarks.refuse(row, columns.value, `has no value for the option "${expected}"`)
    } else if (expected === undefined && value !== '' && !(plain && value === 'Default Title')) {
      remarks.refuse(row, columns.value, 'is a value of an option that the product does not have')
    } else if (value.length > 255) {
      remarks.refuse(row, columns.value, 'is longer than 255 characters')
    }
  }
  return optionColumns.slice(0, names.length).map(({ value }) => row.text(value))
}

function readBarcode(row: Row, remarks: Remarks): string | null {
  const barcode = readCode(row, 'barcode')
  if (barcode === null || barcode.length <= 100) return barcode
  remarks.note(row, 'barcode', 'is longer than 100 characters and was left out')
  return null
}

function readQuantity(row: Row, remarks: Remarks): number | null {
  const quantity = readInteger(row, 'quantity', remarks)
  if (quantity === null || quantity >= 0) return quantity
  remarks.note(row, 'quantity', 'is below zero (sold beyond stock) and was taken as 0')
  return 0
}

function readVariantImage(row: Row, remarks: Remarks): string | null {
  const { url, usable } = readUrl(row, 'variantImage')
  if (!usable) remarks.note(row, 'variantImage', 'is not an http(s) address and was left out')
  return url
}
