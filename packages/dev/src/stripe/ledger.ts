import { appendFileSync } from 'node:fs'

/** One thing that happened to money. Entries are written once and never changed. */
export interface LedgerEntry {
  readonly sequence: number
  /** ISO 8601, by the server's clock. */
  readonly at: string
  readonly kind: 'authorised' | 'declined' | 'captured' | 'voided' | 'refunded' | 'refund_failed'
  readonly intent: string
  /** What the shop calls the attempt and the order: the intent's metadata. */
  readonly attempt: string | null
  readonly order: string | null
  /** What the shop calls the refund. */
  readonly refund: string | null
  /** As Stripe counts it; of a void, what was let go. */
  readonly amount: number
  readonly currency: string
}

/** What became of money, in one currency or of one attempt. Amounts as Stripe counts them. */
export interface Totals {
  readonly authorised: number
  readonly captured: number
  readonly voided: number
  readonly refunded: number
}

export interface Ledger {
  record(entry: Omit<LedgerEntry, 'sequence' | 'at'>): void
  entries(): readonly LedgerEntry[]
  /** The entries of one attempt of the shop. */
  of(attempt: string): readonly LedgerEntry[]
  totals(): Readonly<Record<string, Totals>>
}

/** Keeps the ledger in memory, and in a file of JSON lines when one is given: written before the shop is answered. */
export function createLedger(options: { now: () => number; file?: string | undefined }): Ledger {
  const entries: LedgerEntry[] = []
  return {
    record(entry) {
      const written = { sequence: entries.length + 1, at: new Date(options.now()).toISOString(), ...entry }
      if (options.file !== undefined) appendFileSync(options.file, `${JSON.stringify(written)}\n`)
      entries.push(written)
    },
    entries: () => entries,
    of: (attempt) => entries.filter((entry) => entry.attempt === attempt),
    totals() {
      const currencies = Object.groupBy(entries, (entry) => entry.currency)
      return Object.fromEntries(Object.entries(currencies).map(([currency, own]) => [currency, totalsOf(own ?? [])]))
    },
  }
}

/** Adds up ledger entries of one currency. A refund that failed counts as not made. */
export function totalsOf(entries: readonly LedgerEntry[]): Totals {
  const sum = (kind: LedgerEntry['kind']) =>
    entries.reduce((total, entry) => total + (entry.kind === kind ? entry.amount : 0), 0)
  return {
    authorised: sum('authorised'),
    captured: sum('captured'),
    voided: sum('voided'),
    refunded: sum('refunded') - sum('refund_failed'),
  }
}
