import { assemble, type FileMemory, type Run } from './assemble.ts'
import { type Columns, readHeader } from './columns.ts'
import { slugOf } from './handle.ts'
import { type FileSummary, type ShopifyEntry, ShopifyFileError } from './product.ts'
import { collectRemarks, type Row, remarkOn, rowOf } from './remarks.ts'
import { type RawRow, readRows, type Source } from './rows.ts'

export interface ParseOptions {
  /** Digits after the point in the currency of the file's prices: 2 for EUR and USD, 0 for JPY, 3 for KWD. */
  decimals: number
}

/**
 * Reads a Shopify product CSV, in the spelling of old exports or of the present ones, product by product.
 *
 * Entries come in the order of the file: first the columns that are not read, then products with the problems and notes
 * of their rows before them, at the end a summary. Memory holds one product at a time, and the handles and SKUs seen.
 *
 * Rows of one handle belong together. Where a handle comes back after others, its rows come as a `continuation`: the
 * consumer adds or updates those variants and images and removes nothing, so reading a file again changes nothing.
 * Option values that both parts of such a product share are the consumer's to notice: they mean the same variant.
 *
 * A bad row loses its own variant and no other row. See `assemble` for the few cases that refuse a whole product.
 *
 * @throws ShopifyFileError when the file is empty or lacks a required column (handle, title, price).
 *
 * @example
 * for await (const entry of parseShopifyCsv(createReadStream('products.csv'), { decimals: 2 })) {
 *   if (entry.kind === 'problem') console.error(`line ${entry.problem.line}: ${entry.problem.reason}`)
 * }
 */
export async function* parseShopifyCsv(source: Source, { decimals }: ParseOptions): AsyncGenerator<ShopifyEntry> {
  const memory: FileMemory = { products: new Map(), skus: new Map() }
  const summary: FileSummary = { rows: 0, refusedRows: 0, products: 0, variants: 0, images: 0 }
  let columns: Columns | undefined
  let run: Run | undefined

  for await (const raw of readRows(source)) {
    if (!columns) {
      columns = readHeader(raw.cells)
      yield { kind: 'columns', ignored: columns.ignored }
      continue
    }
    summary.rows++
    const row = rowOf(raw, columns)
    const handle = slugOf(row.text('handle'))
    const fault = faultOf(raw, row, handle, columns) ?? spellingClash(row, handle, memory, run)
    if (fault) {
      summary.refusedRows++
      yield { kind: 'problem', problem: remarkOn(row, null, fault, columns) }
      continue
    }
    if (run && run.handle !== handle) {
      yield* finish(run, memory, decimals, summary)
      run = undefined
    }
    run ??= { handle, rows: [], remarks: collectRemarks(columns) }
    run.rows.push(row)
  }
  if (!columns) throw new ShopifyFileError('The file is empty.')

  if (run) yield* finish(run, memory, decimals, summary)
  yield { kind: 'summary', summary }
}

function* finish(run: Run, memory: FileMemory, decimals: number, summary: FileSummary): Generator<ShopifyEntry> {
  const assembled = assemble(run, memory, decimals)
  summary.refusedRows += run.rows.filter(run.remarks.isRefused).length
  for (const problem of run.remarks.problems) yield { kind: 'problem', problem }
  if (!assembled) return

  for (const note of run.remarks.notes) yield { kind: 'note', note }
  const part = assembled.kind === 'product' ? assembled.product : assembled.continuation
  if (assembled.kind === 'product') summary.products++
  summary.variants += part.variants.length
  summary.images += part.images.length
  yield assembled
}

/** Why nothing of a row can be used, whatever product it belongs to. */
function faultOf(raw: RawRow, row: Row, handle: string, columns: Columns): string | undefined {
  if (raw.fault) return raw.fault
  if (raw.cells.slice(columns.width).some((cell) => cell.trim() !== '')) {
    return `it has more cells than the header, which has ${columns.width}`
  }
  const cells = Object.values(columns.places).map(({ index }) => raw.cells[index] ?? '')
  if (cells.some((cell) => cell.includes('\0'))) return 'it holds a NUL character'
  if (cells.some((cell) => cell.includes('\uFFFD') || !cell.isWellFormed())) {
    return 'it holds characters that are not UTF-8; save the file in that encoding'
  }
  if (row.text('handle') === '') return 'it has no handle'
  if (handle === '') return 'its handle has neither letters nor digits'
  return handle.length > 255 ? 'its handle is longer than 255 characters' : undefined
}

/** Two handles that differ only in what a slug drops (a_b and a-b) are two products; the second cannot have the slug. */
function spellingClash(row: Row, handle: string, memory: FileMemory, run: Run | undefined): string | undefined {
  const spelling = run?.handle === handle ? run.rows[0]?.text('handle') : memory.products.get(handle)?.spelling
  if (spelling === undefined || spelling.toLowerCase() === row.text('handle').toLowerCase()) return undefined
  return `its handle becomes "${handle}", as that of the product "${spelling}" does`
}
