import { readDetails } from './details.ts'
import { readImages } from './images.ts'
import type { ParsedContinuation, ParsedOption, ParsedProduct, ParsedVariant } from './product.ts'
import type { Remarks, Row } from './remarks.ts'
import { isVariantRow, optionColumns, readVariant } from './variant.ts'

/** What is remembered of a file for as long as it is read: about 150 bytes a product and a SKU, whatever its rows hold. */
export interface FileMemory {
  products: Map<string, { spelling: string; options: string[] }>
  /** The line each SKU was first taken on. */
  skus: Map<string, number>
}

/** Rows of one handle that follow each other. */
export interface Run {
  handle: string
  rows: Row[]
  remarks: Remarks
}

type Assembled =
  | { kind: 'product'; product: ParsedProduct }
  | { kind: 'continuation'; continuation: ParsedContinuation }

/**
 * Makes a product of a run of rows, or an addition to one that the file has had before; undefined when every row is
 * refused. A refused row costs its own variant and nothing else: what it says of the product, its option names and its
 * image count all the same. Only a product without a usable title, options or a single good variant is refused whole.
 */
export function assemble({ handle, rows, remarks }: Run, memory: FileMemory, decimals: number): Assembled | undefined {
  const known = memory.products.get(handle)
  const titled = rows.find((row) => row.text('title') !== '')
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return undefined

  if (!known && !titled) return refuseAll(rows, remarks, 'no row of this product has a title')
  const details = known || !titled ? undefined : readDetails(titled, remarks)
  if (!known && !details) return refuseAll(rows, remarks, 'its product was refused for its title')

  const names = known?.options ?? readOptionNames(rows, remarks)
  if (!names) return refuseAll(rows, remarks, 'its product was refused for its options')

  const variants = readVariants(rows, names, memory, decimals, remarks)
  const images = readImages(rows, isVariantRow, remarks)
  for (const row of rows) {
    const idle = (known || row !== titled) && !isVariantRow(row) && row.text('imageUrl') === ''
    if (idle) remarks.refuse(row, null, 'it has neither a variant (price, SKU, option values) nor an image')
  }
  if (!known && variants.length === 0) return refuseAll(rows, remarks, 'no variant of this product could be taken')

  for (const { sku, line } of variants) if (sku !== null) memory.skus.set(sku, line)
  const read = { handle, options: optionsOf(names, variants), variants, images }
  const lines: [number, number] = [first.line, last.lastLine]
  if (details) {
    const spelling = first.text('handle')
    if (spelling !== handle) remarks.note(first, 'handle', `was taken as "${handle}"`)
    memory.products.set(handle, { spelling: spelling === handle ? handle : spelling, options: names })
    return { kind: 'product', product: { ...read, lines, ...details } }
  }
  if (variants.length === 0 && images.length === 0) return undefined
  return { kind: 'continuation', continuation: { ...read, lines } }
}

function refuseAll(rows: Row[], remarks: Remarks, reason: string): undefined {
  for (const row of rows) if (!remarks.isRefused(row)) remarks.refuse(row, null, reason)
}

/**
 * The product's option names, all from the first row that names one, so that a slip further down cannot change the
 * product; undefined when they cannot be used.
 */
function readOptionNames(rows: Row[], remarks: Remarks): string[] | undefined {
  const row = rows.find((candidate) => candidate.text('option1Name') !== '')
  const names: string[] = []
  for (const { name: column } of row ? optionColumns : []) {
    const name = row?.text(column) ?? ''
    // A name after a gap stays unread: its values are then refused row by row.
    if (!row || name === '') break

    const tooLong = name.length > 100
    if (tooLong || names.includes(name)) {
      remarks.refuse(row, column, tooLong ? 'is longer than 100 characters' : 'names the same option twice')
      return undefined
    }
    names.push(name)
  }
  const plain = names.length === 1 && names[0] === 'Title' && rows.every(isDefaultTitle)
  return plain ? [] : names
}

function isDefaultTitle(row: Row): boolean {
  const value = row.text('option1Value')
  return value === 'Default Title' || value === ''
}

function readVariants(
  rows: Row[],
  names: readonly string[],
  memory: FileMemory,
  decimals: number,
  remarks: Remarks,
): ParsedVariant[] {
  const combinations = new Map<string, number>()
  const skus = new Map<string, number>()
  const variants: ParsedVariant[] = []

  for (const row of rows.filter(isVariantRow)) {
    const variant = readVariant(row, names, decimals, remarks)
    if (!variant) continue

    const combination = JSON.stringify(variant.optionValues)
    const twin = combinations.get(combination)
    if (twin !== undefined) {
      remarks.refuse(row, 'option1Value', `its option values are those of line ${twin}`)
      continue
    }
    const owner = variant.sku === null ? undefined : (skus.get(variant.sku) ?? memory.skus.get(variant.sku))
    if (owner !== undefined) {
      remarks.refuse(row, 'sku', `is the SKU of line ${owner} already`)
      continue
    }
    combinations.set(combination, row.line)
    if (variant.sku !== null) skus.set(variant.sku, row.line)
    variants.push(variant)
  }
  return variants
}

function optionsOf(names: readonly string[], variants: ParsedVariant[]): ParsedOption[] {
  return names.map((name, index) => ({
    name,
    values: [...new Set(variants.flatMap(({ optionValues }) => optionValues.slice(index, index + 1)))],
  }))
}
