import { LRUCache } from 'lru-cache'
import type { AtHand, CacheStore, Ticket } from '../ports/cache.ts'

interface Entry {
  /** A character for each byte. */
  readonly text: string
  readonly etag: string
  readonly tags: readonly string[]
  readonly begun: Ticket['begun']
  /** On the clock of `performance.now()`. */
  readonly until: number
}

/** What an entry takes beside its bytes and its key. */
const OVERHEAD = 300
/** So many changes are told apart; with more, everything counts as changed. */
const MAX_TAGS = 20_000

/** Keeps answers in this process, those read last, in so many bytes. */
export function createMemoryCache({ maxBytes }: { maxBytes: number }): CacheStore {
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ text }, key) => text.length + key.length * 2 + OVERHEAD,
  })
  const changedAt = new Map<string, number>()
  let clock = 0

  const empty = () => {
    clock += 1
    entries.clear()
    changedAt.clear()
    changedAt.set(EVERYTHING, clock)
  }
  const hasChanged = (tag: string, begun: Entry['begun']) => (changedAt.get(tag) ?? 0) > Number(begun)
  const isStale = ({ tags, begun }: Pick<Entry, 'tags' | 'begun'>) =>
    hasChanged(EVERYTHING, begun) || tags.some((tag) => hasChanged(tag, begun))

  function atHand(key: string): AtHand | undefined {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    const leftMs = entry.until - performance.now()
    if (leftMs > 0 && !isStale(entry)) return { text: entry.text, etag: entry.etag, leftMs }
    entries.delete(key)
    return undefined
  }

  return {
    name: 'memory',
    shared: false,
    atHand,
    async look(key) {
      const found = atHand(key)
      if (found === undefined) return { ticket: { begun: clock, leads: true } }
      const { text, etag, leftMs } = found
      return { answer: { body: Buffer.from(text, 'latin1'), etag, leftMs } }
    },
    async keep(key, { begun }, tags, { body, etag, leftMs }) {
      if (isStale({ tags, begun })) return
      entries.set(key, { text: body.toString('latin1'), etag, tags, begun, until: performance.now() + leftMs })
    },
    finish: async () => {},
    async drop(tags) {
      if (tags === null || changedAt.size + tags.length > MAX_TAGS) return empty()
      clock += 1
      for (const tag of tags) changedAt.set(tag, clock)
    },
    async [Symbol.asyncDispose]() {
      entries.clear()
    },
  }
}

/** A tag of every entry. */
const EVERYTHING = ''
