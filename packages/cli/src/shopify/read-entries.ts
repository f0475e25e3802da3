import { parseShopifyCsv } from './parse.ts'
import type { ParsedContinuation, ParsedProduct, RowNote, RowProblem, ShopifyEntry } from './product.ts'
import type { Source } from './rows.ts'

/** For tests: a file of these columns, in this order, is enough for a product with one option. */
export const header = 'Handle,Title,Variant Price,Option1 Name,Option1 Value,Variant SKU,Image Src'

/** For tests: one of the files in `fixtures/`. */
export const fixture = (name: string) => new URL(`./fixtures/${name}.csv`, import.meta.url)

/** For tests: everything a file gives, each kind in a list of its own. */
export async function readEntries(source: Source, decimals = 2) {
  const entries: ShopifyEntry[] = []
  for await (const entry of parseShopifyCsv(source, { decimals })) entries.push(entry)

  const products: ParsedProduct[] = []
  const continuations: ParsedContinuation[] = []
  const problems: RowProblem[] = []
  const notes: RowNote[] = []
  for (const entry of entries) {
    if (entry.kind === 'product') products.push(entry.product)
    if (entry.kind === 'continuation') continuations.push(entry.continuation)
    if (entry.kind === 'problem') problems.push(entry.problem)
    if (entry.kind === 'note') notes.push(entry.note)
  }
  const ignored = entries.flatMap((entry) => (entry.kind === 'columns' ? entry.ignored : []))
  const summary = entries.flatMap((entry) => (entry.kind === 'summary' ? [entry.summary] : [])).at(0)
  return { products, continuations, problems, notes, ignored, summary }
}

/** For tests: remarks as one line each. */
export const remarks = (found: { line: number; column: string; reason: string }[]) =>
  found.map(({ line, column, reason }) => `${line} ${column}: ${reason}`)
