import { z } from 'zod'
import { common } from './errors.ts'

export const MAX_PAGE = 100

/** The part of a list's input that says which page. `cursor` is what the page before answered as `next`. */
export const pageInput = {
  cursor: z.string().min(1).max(512).optional(),
  limit: z.int().min(1).max(MAX_PAGE).default(20),
}

/** A page of a list: its rows, and where the next one begins; `next` is null on the last. */
export const pageOf = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().nullable() })

export interface Page<T> {
  rows: T[]
  next: string | null
}

type Key = string | number | null

/** Writes the position after a row: the name of the order it belongs to, then the row's sort values and its id. */
export function encodeCursor(order: string, keys: readonly Key[]): string {
  return Buffer.from(JSON.stringify([order, ...keys])).toString('base64url')
}

/**
 * Reads a position back, checked against the order and the types it must have: a cursor is the caller's text.
 * Raises `invalid_input` on `cursor`.
 */
export function decodeCursor<const Shape extends readonly z.ZodType[]>(
  cursor: string,
  order: string,
  shape: Shape,
): { [I in keyof Shape]: z.output<Shape[I]> } {
  const keys = parseJson(Buffer.from(cursor, 'base64url').toString())
  if (Array.isArray(keys) && keys.length === shape.length + 1 && keys[0] === order && keys.every(isStorable)) {
    const parsed = shape.map((schema, index) => schema.safeParse(keys[index + 1]))
    // The lengths are equal and every part passed its own schema, which is what the mapped tuple says.
    if (parsed.every((part) => part.success)) {
      return parsed.map((part) => part.data) as { [I in keyof Shape]: z.output<Shape[I]> }
    }
  }
  throw common.invalidInput({ fields: [{ path: 'cursor', message: 'is not a cursor of this list and order' }] })
}

/** PostgreSQL keeps no text with NUL in it, and does not compare with one either. */
const isStorable = (key: unknown): boolean => typeof key !== 'string' || !key.includes('\0')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Cuts a page from `limit + 1` rows: one more than asked for says whether there is a next page. */
export function toPage<Row, View>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  view: (row: Row) => View,
): Page<View> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page.map(view), next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
