import type { RawBuilder } from 'kysely'
import type { Context } from '../context.ts'
import type { DocumentOf, Fields, Names } from '../search/fields.ts'
import type { Given, Written } from '../statement.ts'

/** Up to so many hits are counted, ranked and paged through; of more it is only known that there are more. */
export const MAX_HITS = 10_000
/** The most values of one field that are counted, those with most documents first. */
export const MAX_BUCKETS = 250

/** Keeps documents that have one of these values, or whose amount lies between these bounds, both included. */
export type Filter<N extends Names = Names> =
  | { readonly field: N['keyword']; readonly anyOf: readonly string[] }
  | {
      readonly field: N['amount']
      readonly currency: string
      readonly min: number | undefined
      readonly max: number | undefined
    }

/** What is looked for. Documents match that hold every word somewhere, or have the code, and pass every filter. */
export interface Ask<N extends Names = Names> {
  /** Without any, every document matches. */
  readonly text:
    | {
        /** As `wordsOf` makes them. */
        readonly words: readonly string[]
        /** Somebody may still be typing the last word: longer ones match it too. */
        readonly prefix: boolean
        /** Also what is inside of words, and words with a letter or two wrong. */
        readonly loose: boolean
        /** All that was typed, as `codeOf` makes it. */
        readonly code: string
      }
    | undefined
  readonly filters: readonly Filter<N>[]
}

export type Sort<N extends Names = Names> =
  | { readonly by: 'relevance' }
  /** Ids are made in the order of time: the newest first. */
  | { readonly by: 'newest' }
  | { readonly by: 'order'; readonly field: N['order']; readonly direction: 'asc' | 'desc' }
  | {
      readonly by: 'amount'
      readonly field: N['amount']
      readonly currency: string
      readonly direction: 'asc' | 'desc'
    }

/** Where a page begins: the index that the one before came from, and what the engine needs to go on. */
export interface Position {
  readonly engine: string
  readonly index: string
  /** How many hits came before. */
  readonly depth: number
  /** What the last hit was sorted by. */
  readonly key: string | number
  readonly id: string
  /** What else the engine keeps there. */
  readonly keep: string | null
}

/** What is shown of documents: for an engine that is in the same database, and may read it along with the hits. */
export interface Showing {
  /** As others show it that differ in their values alone. */
  readonly name: string
  readonly values: unknown
  /** Rows of those documents whose ids these are. Written once for all of a name. */
  rows(given: Given<unknown>, ids: RawBuilder<readonly string[]>): Written<unknown>
}

export interface PageOf<N extends Names = Names> {
  readonly sort: Sort<N>
  readonly limit: number
  readonly position: Position | undefined
  readonly showing?: Showing
}

/** How many there are: exactly, or at least so many. */
export interface Total {
  readonly count: number
  readonly more: boolean
}

export interface Found {
  readonly engine: string
  readonly ids: readonly string[]
  readonly total: Total
  readonly next: Position | null
  /** The rows of what is to be shown, in any order, where the engine has read them. */
  readonly shown?: readonly unknown[]
}

export interface Range {
  /** Included. */
  readonly min: number | undefined
  /** Not included. */
  readonly below: number | undefined
}

/** Which fields to count among the documents that match. */
export interface Wanted<N extends Names = Names> {
  readonly keywords: readonly N['keyword'][]
  readonly amount:
    | { readonly field: N['amount']; readonly currency: string; readonly ranges: readonly Range[] }
    | undefined
}

export interface Bucket {
  readonly value: string
  readonly count: number
}

/** Counts are exact up to `MAX_HITS` matching documents; beyond, there are at least so many. */
export interface Counted {
  readonly keywords: Readonly<Record<string, readonly Bucket[]>>
  /** Null when not asked for; `min` and `max` are null where nothing matches. */
  readonly amount: {
    readonly min: number | null
    readonly max: number | null
    readonly counts: readonly number[]
  } | null
}

/** What an engine is told of one document. Of two versions the higher one stays, whatever order they arrive in. */
export interface Versioned<F extends Fields = Fields> {
  readonly id: string
  /** From the sequence `search_version`, taken under the lock of what the document tells of, before it was read. */
  readonly version: number
  /** Null for what is gone: that is remembered for a while, so that nothing older comes back. */
  readonly document: DocumentOf<F> | null
}

/** Reads documents under their locks; inside the transaction it is given. */
export type Read = (ctx: Context) => Promise<readonly Versioned[]>

/** Answers searches. Throws `cursor_expired` for a position in an index it no longer has. */
export interface Reader {
  find(ctx: Context, ask: Ask, page: PageOf): Promise<Found>
  count(ctx: Context, ask: Ask, wanted: Wanted): Promise<Counted>
}

export type EngineName = 'postgres' | 'opensearch'

/** One search engine. It keeps documents in an index that answers, and during a rebuild in a second one that does not yet. */
export interface Engine extends Reader, AsyncDisposable {
  readonly name: EngineName
  /** Writes to every index that is kept, the one being built included, or to one of them only. */
  write(ctx: Context, read: Read, to?: { readonly only: string }): Promise<void>
  /** The index that answers, and whether it was made by today's fields and language; null while there is none. */
  current(ctx: Context): Promise<{ readonly index: string; readonly upToDate: boolean } | null>
  /** Makes an empty index that gets all writes from now on. Throws `rebuild_under_way` while another one is filled. */
  begin(ctx: Context): Promise<string>
  /** Says that an index is still being filled. Throws `rebuild_lost` when another rebuild has taken over. */
  beat(ctx: Context, index: string): Promise<void>
  /** Has a filled index answer, from one moment to the next, and lets go of the one before. */
  swap(ctx: Context, index: string): Promise<void>
  /** Lets go of an index that is not finished. */
  abandon(ctx: Context, index: string): Promise<void>
  /** Forgets what is gone since long, and what is left of indexes that nobody asks any more. A schedule calls it. */
  tidy(ctx: Context): Promise<void>
  /** Makes what was written visible to searches at once, where that takes a moment by itself. */
  refresh(): Promise<void>
}

/** The search of a shop: whoever answers, and every engine that is kept up to date. */
export interface Search extends Reader, AsyncDisposable {
  readonly engines: readonly Engine[]
}
