/** One variant, as one row of the file gives it. */
export interface ParsedVariant {
  /** Line of the file on which its row begins, counted from 1. */
  line: number
  /** Unique within the file where present. */
  sku: string | null
  barcode: string | null
  /** One value for each of the product's options, in their order; empty for a product without options. */
  optionValues: string[]
  /** Minor units of the currency the file is read in. */
  price: number
  /** Minor units; null when blank or zero. */
  compareAtPrice: number | null
  weightGrams: number
  requiresShipping: boolean
  taxable: boolean
  /** False when the file names no inventory tracker: the variant sells without limit. */
  tracked: boolean
  /** Units on hand, never negative; null when the file does not say (shops with several locations export it blank). */
  quantity: number | null
  imageUrl: string | null
}

export interface ParsedImage {
  url: string
  /** 1 for the first image of the product. */
  position: number
  alt: string
}

/** `values` in the order in which the variants first name them. */
export interface ParsedOption {
  name: string
  values: string[]
}

/** What every run of rows of one handle has, whether it opens the product or adds to it. */
interface ParsedRows {
  /** The product's slug: lower case, letters and digits of any script, single hyphens between. */
  handle: string
  /** Empty for a product without options (the file says `Title` / `Default Title`). */
  options: ParsedOption[]
  variants: ParsedVariant[]
  images: ParsedImage[]
  /** First and last line of the file that these rows take, both included. */
  lines: [first: number, last: number]
}

/** A product and everything the file says of it in one run of rows. At least one variant. */
export interface ParsedProduct extends ParsedRows {
  title: string
  /** HTML, exactly as in the file. */
  description: string
  vendor: string
  type: string
  tags: string[]
  status: ProductStatus
  seoTitle: string
  seoDescription: string
}

/**
 * Rows of a product that came earlier in the same file, met again after other products. They add or update variants
 * and images; nothing of the product itself changes. Its images follow those the product has.
 */
export interface ParsedContinuation extends ParsedRows {}

export type ProductStatus = 'draft' | 'active' | 'archived'

/** A cell of one row and what is the matter with it. `value` is the cell's text, cut to 100 characters. */
export interface RowRemark {
  line: number
  /** The row's handle as the file spells it. */
  handle: string
  /** The column as the file's header spells it; empty when the row as a whole is meant. */
  column: string
  reason: string
  value: string
}

/** The row was refused: its variant, or its image where it has no variant, was not taken. */
export type RowProblem = RowRemark

/** The row was taken, and this is what was left out of it or is not the same any more. */
export type RowNote = RowRemark

export interface FileSummary {
  /** Rows with anything in them, the header not counted. `rows` = rows taken + `refusedRows`. */
  rows: number
  refusedRows: number
  products: number
  variants: number
  images: number
}

/** What reading the file brings to light, in the order of the file. */
export type ShopifyEntry =
  | { kind: 'columns'; ignored: string[] }
  | { kind: 'product'; product: ParsedProduct }
  | { kind: 'continuation'; continuation: ParsedContinuation }
  | { kind: 'problem'; problem: RowProblem }
  | { kind: 'note'; note: RowNote }
  | { kind: 'summary'; summary: FileSummary }

/** The file as a whole cannot be read: it is empty, or lacks a column that every product needs. */
export class ShopifyFileError extends Error {
  override readonly name = 'ShopifyFileError'
}
