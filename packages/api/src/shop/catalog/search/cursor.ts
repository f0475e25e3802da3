import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../../platform/pages.ts'
import { MAX_HITS, type Position } from '../../../platform/ports/search.ts'

/** A position, and whether the pages before it were found by words that are only like those asked for. */
export interface Place {
  readonly position: Position
  readonly loose: boolean
}

const shape = [
  z.enum(['postgres', 'opensearch']),
  z.string().max(100),
  z.literal([0, 1]),
  z.int().min(1).max(MAX_HITS),
  // What it was sorted by, the id, and what else the engine keeps there.
  z.union([z.number(), z.string().max(400)]),
  z.string().max(64),
  z.string().max(2_000).nullable(),
] as const

export function writePlace(order: string, { position, loose }: Place): string {
  const { engine, index, depth, key, id, keep } = position
  // A cursor holds texts, numbers and nulls.
  return encodeCursor(`search:${order}`, [engine, index, loose ? 1 : 0, depth, key, id, keep])
}

/** Raises `invalid_input` on `cursor`. */
export function readPlace(order: string, cursor: string): Place {
  const [engine, index, loose, depth, key, id, keep] = decodeCursor(cursor, `search:${order}`, shape)
  return { loose: loose === 1, position: { engine, index, depth, key, id, keep } }
}
