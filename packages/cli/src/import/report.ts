import { type Refusal, refusalLine } from '../failure.ts'
import type { RowRemark } from '../shopify/product.ts'

export const outcomes = ['created', 'updated', 'unchanged', 'failed'] as const
export type Outcome = (typeof outcomes)[number]
export type Tally = Record<Outcome, number>

/** First and last line of the file that a remark is about. */
type Lines = readonly [first: number, last: number]

/** What became of a file: counts to add up, and a line for everything that is not in the shop as the file has it. */
export interface Report {
  readonly products: Tally
  readonly variants: Tally
  /** How often something was refused. */
  problems: number
  /** Counts a product once, also when more rows of it come later in the file. */
  product(handle: string, outcome: Outcome): void
  /** What reading the file brought to light: a row that was refused, or taken with something left out. */
  row(kind: 'refused' | 'note', remark: RowRemark): void
  /** Rows that could be read and not be taken. */
  problem(lines: Lines, handle: string, reason: string): void
  /** The same, for a reason that the shop gave. */
  refused(lines: Lines, handle: string, refusal: Refusal): void
}

export function createReport(write: (line: string) => void): Report {
  const counted = new Map<string, Outcome>()
  const report: Report = {
    products: { created: 0, updated: 0, unchanged: 0, failed: 0 },
    variants: { created: 0, updated: 0, unchanged: 0, failed: 0 },
    problems: 0,
    product(handle, outcome) {
      const before = counted.get(handle)
      if (before !== undefined && !(before === 'unchanged' && outcome === 'updated')) return
      if (before !== undefined) report.products[before] -= 1
      report.products[outcome] += 1
      counted.set(handle, outcome)
    },
    row(kind, { line, handle, column, reason, value }) {
      if (kind === 'refused') report.problems += 1
      const said = `${column && `${column} `}${reason}${value && ` (${value})`}`
      write(`${kind.padEnd(8)} ${place([line, line], handle)}: ${said}`)
    },
    problem(lines, handle, reason) {
      report.problems += 1
      write(`refused  ${place(lines, handle)}: ${reason}`)
    },
    refused: (lines, handle, refusal) => report.problem(lines, handle, refusalLine(refusal)),
  }
  return report
}

function place([first, last]: Lines, handle: string): string {
  const where = first === last ? `line ${first}` : `lines ${first} to ${last}`
  return handle === '' ? where : `${where}, ${handle}`
}

export const tallyLine = (tally: Tally): string => outcomes.map((outcome) => `${tally[outcome]} ${outcome}`).join(', ')
