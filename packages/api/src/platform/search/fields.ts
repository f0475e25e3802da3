/** How much a word counts in the order of relevance by where it was found: `A` the most. */
export const weights = { A: 8, B: 4, C: 2, D: 1 } as const
export type Weight = keyof typeof weights

/**
 * What a field of a document is for. `text`: its words are searched. `code`: found when it is all that was asked for, such
 * as a SKU. `keyword`: filtered and counted, any number of values. `order`: one text that documents are sorted by, byte by
 * byte. `amount`: one for each currency, in minor units; filtered by range, counted in ranges, sorted by.
 */
export type Field =
  | { readonly kind: 'text'; readonly weight: Weight }
  | { readonly kind: 'code' }
  | { readonly kind: 'keyword' }
  | { readonly kind: 'order' }
  | { readonly kind: 'amount' }

/** The fields of one kind of document, by name. Every adapter derives its tables or mappings and its queries from them. */
export type Fields = Readonly<Record<string, Field>>

interface Values {
  text: string
  code: readonly string[]
  keyword: readonly string[]
  order: string
  amount: Readonly<Record<string, number>>
}

/** A document with a value for each field. */
export type DocumentOf<F extends Fields> = { readonly [N in keyof F]: Values[F[N]['kind']] }

/** The names of the fields of a kind. */
export type NameOf<F extends Fields, K extends Field['kind']> = {
  [N in keyof F]: [Extract<F[N], { kind: K }>] extends [never] ? never : N
}[keyof F] &
  string

/** The names of fields by what questions need of them. */
export interface Names {
  readonly keyword: string
  readonly amount: string
  readonly order: string
}
export type NamesOf<F extends Fields> = { readonly [K in keyof Names]: NameOf<F, K> }

/** The names of the fields of a kind, in their order. */
export const namesOf = <F extends Fields, K extends Field['kind']>(fields: F, kind: K): NameOf<F, K>[] =>
  // Filtered by what the type says.
  Object.keys(fields).filter((name) => fields[name]?.kind === kind) as NameOf<F, K>[]
