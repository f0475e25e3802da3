import { common } from './errors.ts'

/** What an input may be like, whoever sends it and before a schema looks at it: schemas are stricter. */
const MAX_DEPTH = 32
/** What staff may write in one call; a shopper's lists hold 100 at most. */
const MAX_ITEMS = 250
const MAX_KEYS = 200

interface Place {
  readonly value: object
  readonly depth: number
  readonly name: string
  readonly inside: Place | undefined
}

/**
 * Refuses an input that is nested too deep, holds too much in one place, or reaches for prototypes. It walks without
 * recursion, so that nothing it meets can exhaust the stack. Raises `invalid_input` with the place.
 */
export function checkStructure(input: unknown): void {
  if (typeof input !== 'object' || input === null) return
  const open: Place[] = [{ value: input, depth: 1, name: '', inside: undefined }]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, depth } = place
    if (depth > MAX_DEPTH) throw refused(place, `is nested more than ${MAX_DEPTH} levels deep`)
    if (Array.isArray(value) && value.length > MAX_ITEMS) throw refused(place, `holds more than ${MAX_ITEMS} values`)
    const entries = Object.entries(value)
    if (!Array.isArray(value) && entries.length > MAX_KEYS) throw refused(place, `holds more than ${MAX_KEYS} fields`)
    for (const [name, inner] of entries) {
      const next = { value: inner, depth: depth + 1, name, inside: place }
      if (name === '__proto__') throw refused(next, 'is not a known field')
      if (typeof inner === 'object' && inner !== null) open.push(next)
    }
  }
}

const SHOWN_LEVELS = 5

function refused(place: Place, message: string) {
  const path: string[] = []
  for (let at: Place | undefined = place; at?.inside !== undefined; at = at.inside) path.unshift(at.name.slice(0, 100))
  return common.invalidInput({ fields: [{ path: path.slice(0, SHOWN_LEVELS).join('.'), message }] })
}
