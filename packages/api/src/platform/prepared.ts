import type { ClientBase, QueryResult } from 'pg'
import { type Around, askerOf } from './exchange.ts'

/** Statements remembered in this process. What differs at every call (a list of values, say) pushes older ones out. */
const MAX_KNOWN = 2_000
/** Statements each connection keeps prepared: PostgreSQL holds a plan for each. */
const MAX_NAMED = 400
/** How often a statement comes before it is taken for one that comes again. */
const USUAL = 3

/** At the end of a statement: the transaction is committed with it, in the same round trip. */
export const AND_COMMIT = '; commit'

/**
 * Has PostgreSQL parse and plan a statement once for each connection, not at every call: planning costs it more than most
 * of what a shop asks. And spares it round trips, which cost more than that: BEGIN goes with the first statement of a
 * transaction, COMMIT with the one that ends in {@link AND_COMMIT}. Whoever sends a statement need not know. Answers how
 * each connection is made so.
 */
export function preparing(): (client: ClientBase) => void {
  const nameOf = createNames()
  return (client) => {
    // `query` has nine overloads; the one used by the ORM is a text and its values, and all others pass as they came.
    client.query = queryOf(client.query.bind(client), nameOf) as ClientBase['query']
  }
}

/** `due`: it is sent with its first statement. `over`: its last statement has committed it. */
type Transaction = 'none' | 'due' | 'open' | 'over'

function queryOf(send: ClientBase['query'], nameOf: (text: string) => string | undefined) {
  const ask = askerOf(send)
  const pass = send as (...given: unknown[]) => Promise<QueryResult>
  let transaction: Transaction = 'none'

  async function statement(text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (transaction === 'over') throw new Error('this transaction was committed with the statement before')
    const around = { begins: transaction === 'due', commits: transaction !== 'none' && text.endsWith(AND_COMMIT) }
    const bare = text.endsWith(AND_COMMIT) ? text.slice(0, -AND_COMMIT.length) : text
    if (around.begins) transaction = 'open'
    const name = values.length === 0 ? undefined : nameOf(bare)
    const result = await (name === undefined ? once(bare, values, around) : ask({ name, text: bare, values }, around))
    if (around.commits) transaction = 'over'
    return result
  }

  async function once(text: string, values: readonly unknown[], { begins, commits }: Around): Promise<QueryResult> {
    if (begins) await pass('begin')
    const result = await pass(text, values)
    if (commits) await pass('commit')
    return result
  }

  function ended(by: 'commit' | 'rollback'): Promise<QueryResult> {
    const before = transaction
    transaction = 'none'
    return before === 'due' || before === 'over' ? Promise.resolve(NOTHING) : pass(by)
  }

  return (...given: unknown[]): unknown => {
    const [text, values = []] = given
    if (typeof text !== 'string' || !Array.isArray(values)) {
      if (transaction === 'due') throw new Error('a transaction begins with a text and its values')
      return pass(...given)
    }
    if (text === 'begin') {
      transaction = 'due'
      return Promise.resolve(NOTHING)
    }
    return text === 'commit' || text === 'rollback' ? ended(text) : statement(text, values)
  }
}

const NOTHING: QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }

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
