/** An answer as it goes out: its bytes, and a name for exactly these. */
export interface Answer {
  readonly body: Buffer
  /** A strong validator (RFC 9110, 8.8.3), quotes included. */
  readonly etag: string
  /** For how many milliseconds more it may be shown. */
  readonly leftMs: number
}

/** An answer that need not be waited for. */
export interface AtHand extends Omit<Answer, 'body'> {
  /** Its bytes, a character for each (latin1): Node writes such a text in one piece with the head. */
  readonly text: string
}

/** An answer that has just been made. */
export interface Fresh {
  readonly body: Buffer
  /** What it is made of: when any of these changes, it is not given again. */
  readonly tags: readonly string[]
  /** How old it may become, in milliseconds, counted from when it began to be made. */
  readonly maxAgeMs: number
}

/** Where a key stands: its answer, or leave to make one. */
export type Look = { readonly answer: Answer } | { readonly ticket: Ticket }

/** Says when the making of an answer began. Whatever changes from then on keeps it from being kept. */
export interface Ticket {
  readonly begun: number | string
  /** Whether whoever holds it is the one that others wait for. */
  readonly leads: boolean
}

/**
 * Where answers are kept. It may lose any of them at any time; what it gives is never older than its bound, and never from
 * before a change of what it is made of that the store was told of. Everything may reject: then it is done without.
 */
export interface CacheStore extends AsyncDisposable {
  readonly name: string
  /** Whether all processes share it: then one that is told of a change tells all. */
  readonly shared: boolean
  /**
   * The answer under a key. Of all who find none, in any process, one is asked to make it, and the others wait for it a
   * moment.
   */
  look(key: string): Promise<Look>
  /** The answer under a key where it is in this process, at once; a store that is elsewhere cannot say. */
  atHand?(key: string): AtHand | undefined
  /** Keeps what was made with a ticket, unless what it is made of may have changed since. */
  keep(key: string, ticket: Ticket, tags: readonly string[], answer: Answer): Promise<void>
  /** Whoever holds this ticket makes nothing any more: nobody need wait for it. */
  finish(key: string, ticket: Ticket): Promise<void>
  /** What bears one of these tags has changed; everything may have, when it is null. */
  drop(tags: readonly string[] | null): Promise<void>
}
