import { once } from 'node:events'
import { parse } from 'csv-parse'

/** A file's text, whole or in pieces as a stream gives them. UTF-8, with or without a byte order mark. */
export type Source = string | AsyncIterable<string | Uint8Array>

/** One record of the file. It may span several lines, where a quoted cell does. */
export interface RawRow {
  line: number
  lastLine: number
  cells: string[]
  /** Why the cells cannot be trusted. */
  fault?: string
}

/** Far above any real row: what stops a quote left open from gathering the rest of the file in memory. */
const maxRowBytes = 8 * 1024 * 1024

const quotingFault =
  'its quoting is broken: a quote inside a quoted cell is written twice, and nothing follows the one that closes it'

/**
 * The records of a CSV file with the lines they stand on, in memory that does not grow with the file. Blank lines are
 * passed over. A record with broken quoting comes with a `fault`; one whose quote is never closed is the last.
 */
export async function* readRows(source: Source): AsyncGenerator<RawRow> {
  const found: { record: string[]; raw: string }[] = []
  // Records are collected here and not read from the parser's stream: a stream that fails drops what it still holds,
  // and good rows would go down with a bad one.
  const parser = parse({
    bom: true,
    max_record_size: maxRowBytes,
    raw: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    on_record: (row: unknown) => {
      // With `raw` on, the parser hands over { record, raw }; its types do not say so.
      found.push(row as { record: string[]; raw: string })
      return null
    },
  })
  let failure: Error | undefined
  parser.on('error', (error: Error) => {
    failure = error
  })

  let line = 1
  function* drain(): Generator<RawRow> {
    for (const { record, raw } of found.splice(0)) {
      const lastLine = line + breaksWithin(raw)
      const fault = brokenQuoting(record, raw) ? quotingFault : undefined
      if (record.some((cell) => cell.trim() !== '')) yield { line, lastLine, cells: record, ...(fault && { fault }) }
      line = lastLine + 1
    }
  }

  for await (const chunk of chunksOf(source)) {
    await new Promise<void>((resolve) => parser.write(chunk, () => resolve()))
    yield* drain()
    if (failure) break
  }
  if (!failure) {
    parser.end()
    // A failure at the end is already kept by the listener above.
    await once(parser, 'finish').catch(() => undefined)
    yield* drain()
  }
  if (failure) yield { line, lastLine: line, cells: [], fault: endingOf(failure) }
}

/** Why reading stopped, in the words of someone who has the file open. Any other error is not the file's fault. */
function endingOf(failure: Error): string {
  const code = 'code' in failure ? failure.code : undefined
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote opened in this row is never closed; nothing after it can be read'
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return 'this row has no end within 8 MiB, probably for a quote that is never closed; nothing after it can be read'
  }
  throw failure
}

async function* chunksOf(source: Source): AsyncGenerator<string | Uint8Array> {
  if (typeof source !== 'string') return yield* source

  const bytes = Buffer.from(source)
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536)
}

/** Line breaks in a record, the one that ends it not counted. The parser's own count takes a quoted CRLF for two. */
function breaksWithin(raw: string): number {
  const breaks = raw.match(/\r\n|\n|\r/g)?.length ?? 0
  return /[\r\n]$/.test(raw) ? breaks - 1 : breaks
}

/**
 * Whether a quoted cell goes on after its closing quote. The parser takes such a cell literally, quotes and all, and
 * a comma inside it then shifts the row; a quote within an unquoted cell (5" pipe) is harmless and stays.
 */
function brokenQuoting(record: string[], raw: string): boolean {
  if (!record.some((cell) => cell.trimStart().startsWith('"'))) return false

  let at = 0
  while (at < raw.length) {
    const cell = /[ \t]*/y
    cell.lastIndex = at
    cell.test(raw)
    if (raw[cell.lastIndex] === '"') {
      if (cell.lastIndex !== at) return true
      at = closingQuote(raw, at + 1) + 1
      if (at < raw.length && !/[,\r\n]/.test(raw.charAt(at))) return true
    }
    const comma = raw.indexOf(',', at)
    if (comma === -1) return false
    at = comma + 1
  }
  return false
}

function closingQuote(raw: string, from: number): number {
  let at = raw.indexOf('"', from)
  while (at !== -1 && raw[at + 1] === '"') at = raw.indexOf('"', at + 2)
  return at === -1 ? raw.length : at
}
