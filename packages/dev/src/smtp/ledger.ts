import { appendFileSync } from 'node:fs'

/** One message that was taken. Entries are written once and never changed. */
export interface LedgerEntry {
  readonly sequence: number
  /** ISO 8601. */
  readonly at: string
  /** Its Message-ID, without the angle brackets; null when it has none. */
  readonly id: string | null
  /** From whom and to whom the envelope says it is. */
  readonly from: string
  readonly to: readonly string[]
  /** Every byte of it, as Latin-1. */
  readonly raw: string
  /** Whether its sender was told that it was taken. */
  readonly answered: boolean
}

export interface Ledger {
  record(entry: Pick<LedgerEntry, 'from' | 'to' | 'raw' | 'answered'>): void
  entries(): readonly LedgerEntry[]
}

/** Keeps what was taken in memory, and in a file of JSON lines when one is given: written before the sender is told. */
export function createLedger(file: string | undefined): Ledger {
  const entries: LedgerEntry[] = []
  return {
    record(entry) {
      const head = entry.raw.split('\r\n\r\n', 1)[0] ?? ''
      const id = /^message-id:\s*<([^>]*)>/im.exec(head)?.[1] ?? null
      const written = { sequence: entries.length + 1, at: new Date().toISOString(), id, ...entry }
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(written)}\n`)
      entries.push(written)
    },
    entries: () => entries,
  }
}
