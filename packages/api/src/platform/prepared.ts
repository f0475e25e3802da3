import type { Pool } from 'pg'

/** Statements remembered in this process. What differs at every call (a list of values, say) pushes older ones out. */
const MAX_KNOWN = 2_000
/** Statements each connection keeps prepared: PostgreSQL holds a plan for each. */
const MAX_NAMED = 400
/** How often a statement comes before it is taken for one that comes again. */
const USUAL = 3

/**
 * Has PostgreSQL parse and plan a statement once for each connection, not at every call: planning costs it more than most
 * of what a shop asks. Whoever sends a statement need not know; what is sent often gets a name.
 */
export function prepareUsual(pool: Pool): void {
  const nameOf = createNames()
  pool.on('connect', (client) => {
    // `query` has nine overloads; the one used by the ORM is a text and its values, and all others pass as they came.
    const send = client.query.bind(client) as (...given: unknown[]) => unknown
    const query = (...given: unknown[]): unknown => {
      const [text, values, ...rest] = given
      if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return send(...given)
      const name = nameOf(text)
      return name === undefined ? send(...given) : send({ name, text, values }, ...rest)
    }
    client.query = query as typeof client.query
  })
}

/** Gives a text a name from the third time on, as long as there are names. */
export function createNames(): (text: string) => string | undefined {
  const seen = new Map<string, number>()
  const names = new Map<string, string>()
  return (text) => {
    const name = names.get(text)
    if (name !== undefined || names.size === MAX_NAMED) return name
    const times = (seen.get(text) ?? 0) + 1
    seen.delete(text)
    if (times === USUAL) {
      names.set(text, `s${names.size}`)
      return names.get(text)
    }
    seen.set(text, times)
    const [oldest] = seen.keys()
    if (seen.size > MAX_KNOWN && oldest !== undefined) seen.delete(oldest)
    return undefined
  }
}
