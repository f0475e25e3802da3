import type { Column, Columns } from './columns.ts'
import type { RowNote, RowProblem, RowRemark } from './product.ts'
import type { RawRow } from './rows.ts'

/** A record seen through the header. */
export interface Row {
  line: number
  lastLine: number
  cells: string[]
  /** A cell as one line, without spaces around it; empty where there is none. Line breaks become single spaces. */
  text(column: Column): string
  /** As it stands in the file, spaces and line breaks included. */
  verbatim(column: Column): string
}

export function rowOf(raw: RawRow, { places }: Columns): Row {
  const verbatim = (column: Column) => raw.cells[places[column]?.index ?? -1] ?? ''
  return { ...raw, verbatim, text: (column) => oneLine(verbatim(column)) }
}

function oneLine(text: string): string {
  const trimmed = text.trim()
  if (!/[\r\n\u2028\u2029]/.test(trimmed)) return trimmed
  const lines = trimmed.split(/[\r\n\u2028\u2029]/).map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

/** What is found wrong while a run of rows is read. `column` is null where the row as a whole is meant. */
export interface Remarks {
  problems: RowProblem[]
  notes: RowNote[]
  refuse(row: Row, column: Column | null, reason: string): void
  note(row: Row, column: Column, reason: string): void
  isRefused(row: Row): boolean
}

export function collectRemarks(columns: Columns): Remarks {
  const problems: RowProblem[] = []
  const notes: RowNote[] = []
  const refused = new Set<number>()

  return {
    problems,
    notes,
    refuse(row, column, reason) {
      problems.push(remarkOn(row, column, reason, columns))
      refused.add(row.line)
    },
    note(row, column, reason) {
      notes.push(remarkOn(row, column, reason, columns))
    },
    isRefused: (row) => refused.has(row.line),
  }
}

export function remarkOn(row: Row, column: Column | null, reason: string, columns: Columns): RowRemark {
  return {
    line: row.line,
    handle: row.text('handle').slice(0, 255),
    column: column === null ? '' : (columns.places[column]?.spelling ?? ''),
    reason,
    value: column === null ? '' : row.text(column).slice(0, 100),
  }
}
