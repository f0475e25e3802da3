import { codeOf, indexed, orderOf } from '../../../platform/search/words.ts'
import type { AttributeValue } from '../../product/index.ts'
import { attributeKeyword, type ProductDocument } from './fields.ts'

/** A product on sale, as it is read for its document. */
export interface Source {
  readonly title: string
  readonly description: string
  readonly vendor: string | null
  readonly type: string | null
  readonly tags: readonly string[]
  readonly options: readonly { readonly values: readonly string[] }[]
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly codes: readonly string[]
  readonly categories: readonly { readonly id: string; readonly name: string }[]
  readonly prices: readonly { readonly currency: string; readonly amount: number }[]
  readonly available: readonly string[]
}

/** How much of each text is searched, in characters. */
const MAX_TEXT = { title: 600, labels: 10_000, details: 10_000, description: 10_000 } as const
const MAX_CODES = 5_000

export function documentOf(source: Source): ProductDocument {
  const { title, vendor, type, tags, options, categories, codes } = source
  const attributes = Object.entries(source.attributes).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: one })),
  )
  const labels = [vendor ?? '', type ?? '', ...tags, ...options.flatMap((option) => option.values)]
  const details = [
    ...categories.map((category) => category.name),
    // Of true and false only the name says something.
    ...attributes.map(({ name, value }) => (typeof value === 'boolean' ? name : String(value))),
    ...codes,
  ]
  return {
    title: indexed([title], MAX_TEXT.title),
    labels: indexed(labels, MAX_TEXT.labels),
    details: indexed(details, MAX_TEXT.details),
    description: indexed([plain(source.description)], MAX_TEXT.description),
    code: unique(codes.map(codeOf).filter((code) => code !== '')).slice(0, MAX_CODES),
    category: unique(categories.map((category) => category.id)),
    attribute: unique(attributes.flatMap(({ name, value }) => attributeKeyword(name, value) ?? [])),
    currency: source.prices.map((price) => price.currency),
    available: [...source.available],
    name: orderOf(title),
    price: Object.fromEntries(source.prices.map((price) => [price.currency, price.amount])),
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)]

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text of a description that may be HTML. */
const plain = (html: string): string =>
  html
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&(?:#(\d{1,7})|([a-z]{2,8}));/g, (_, number?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? ' '
      const point = Number(number)
      return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : ' '
    })
