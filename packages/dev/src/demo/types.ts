import type { MotifName } from './drawing/motifs.ts'
import type { Colour } from './palettes.ts'

export interface DemoCategory {
  slug: string
  name: string
  /** Slug of the category above it; null at the root. A parent always comes before its children. */
  parent: string | null
}

/** Minor units in each currency the demo shop sells in. */
export interface DemoPrice {
  EUR: number
  USD: number
}

export interface DemoVariant {
  sku: string
  /** One value for each option of the product, in their order; empty for a product without options. */
  optionValues: string[]
  price: DemoPrice
  /** What it cost before, where it is reduced. */
  compareAtPrice: DemoPrice | null
  weightGrams: number
  /** False for what sells without limit. */
  tracked: boolean
  quantity: number
}

export interface DemoProduct {
  slug: string
  title: string
  /** Two to four sentences of plain text. */
  description: string
  /** Slug of a category without children. */
  category: string
  status: 'draft' | 'active' | 'archived'
  attributes: Record<string, string>
  options: { name: string; values: string[] }[]
  variants: DemoVariant[]
  image: { motif: MotifName; colour: Colour; alt: string }
}
