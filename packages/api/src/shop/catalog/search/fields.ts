import type { DocumentOf, NamesOf } from '../../../platform/search/fields.ts'

/** What is found of a product, by which words, filters and orders. Changed, every index is rebuilt. */
export const productFields = {
  title: { kind: 'text', weight: 'A' },
  /** Vendor, type, tags, and the values that can be chosen. */
  labels: { kind: 'text', weight: 'B' },
  /** Names of its categories and of those above them, attributes, and SKUs by their parts. */
  details: { kind: 'text', weight: 'C' },
  description: { kind: 'text', weight: 'D' },
  /** SKUs and barcodes, as they are typed. */
  code: { kind: 'code' },
  /** Ids of its categories and of those above them. */
  category: { kind: 'keyword' },
  /** Its attributes as `attributeKeyword` writes them. */
  attribute: { kind: 'keyword' },
  /** The currencies it is sold in. */
  currency: { kind: 'keyword' },
  /** The currencies in which it can be bought now. */
  available: { kind: 'keyword' },
  name: { kind: 'order' },
  /** Of its cheapest variant. */
  price: { kind: 'amount' },
} as const

export type ProductFields = typeof productFields
/** What questions about products may name. */
export type ProductNames = NamesOf<ProductFields>
export type ProductDocument = DocumentOf<ProductFields>

/** Longer values of attributes are found by their words, but not filtered by nor counted. */
const MAX_KEYWORD_BYTES = 512

/** One value of an attribute as a keyword; null for one that is too long to be one. */
export function attributeKeyword(name: string, value: string | number | boolean): string | null {
  const text = JSON.stringify([name, value])
  return Buffer.byteLength(text) > MAX_KEYWORD_BYTES ? null : text
}

export function readAttributeKeyword(keyword: string): { name: string; value: string | number | boolean } {
  // Written by the function above.
  const [name, value] = JSON.parse(keyword) as [string, string | number | boolean]
  return { name, value }
}
