/// <reference path="./pg-utils.d.ts" />
import type { ClientBase, QueryResult } from 'pg'
import utils from 'pg/lib/utils'
import { askerOf, type Part } from './exchange.ts'

/** Statements remembered in this process. What differs at every call (a list of values, say) pushes older ones out. */
const MAX_KNOWN = 2_000
/** Statements each connection keeps prepared: PostgreSQL holds a plan for each. */
const MAX_NAMED = 400
/** How often a statement comes before it is taken for one that comes again. */
const USUAL = 3

const BEGIN = 'begin'
export const COMMIT = 'commit'

interface InBatch {
  readonly text: string
  /** How many values it takes. */
  readonly values: number
}

/** The statements of each text that stands for several. */
const batches = new Map<string, readonly InBatch[]>()
const MAX_BATCHES = 1_000

/** What some statements are the beginning of: themselves as a batch, and those with one more. */
interface Begun {
  whole?: string
  readonly next: Map<string, Begun>
}

const known: Begun = { next: new Map() }

/** One text for several statements that are sent in one go. */
export function batchOf(statements: readonly InBatch[]): string {
  // Found statement by statement: to join their texts each time, and look for what comes of it, takes longer.
  let begun = known
  for (const { text } of statements) {
    const next = begun.next.get(text) ?? { next: new Map() }
    if (!begun.next.has(text)) begun.next.set(text, next)
    begun = next
  }
  begun.whole ??= remember(statements)
  return begun.whole
}

function remember(statements: readonly InBatch[]): string {
  // One alone must not be taken for the statement itself.
  const whole = statements.map(({ text }) => `${text};`).join('\n')
  const [oldest] = batches
  if (batches.size === MAX_BATCHES && oldest !== undefined) {
    batches.delete(oldest[0])
    forget(known, oldest[1])
  }
  batches.set(whole, statements)
  return whole
}

/** Forgets a batch, and what it alone began with. */
function forget(begun: Begun, [first, ...rest]: readonly InBatch[]): void {
  if (first === undefined) return void delete begun.whole
  const next = begun.next.get(first.text)
  if (next === undefined) return
  forget(next, rest)
  if (next.whole === undefined && next.next.size === 0) begun.next.delete(first.text)
}

/**
 * Has PostgreSQL parse and plan a statement once for each connection, not at every call: planning costs it more than most
 * of what a shop asks. And spares it round trips, which cost more than that: what is one text by {@link batchOf} goes in one,
 * and BEGIN with the first statement of a transaction. Whoever sends a statement need not know. Answers how each
 * connection is made so.
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
  let transaction: Transaction = 'none'

  const partOf = (text: string, values: readonly unknown[]): Part => {
    if (text === BEGIN || text === COMMIT) return { name: text, text, values }
    // A value that cannot be sent is told before anything is.
    const sent = values.map((value) => utils.prepareValue(value))
    return { name: values.length === 0 ? undefined : nameOf(text), text, values: sent }
  }

  async function statement(text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (transaction === 'over') throw new Error('this transaction was committed with the statement before')
    const batch = batches.get(text)
    const parts = batch === undefined ? [partOf(text, values)] : divided(batch, values).map((part) => partOf(...part))
    const begins = transaction === 'due'
    if (begins) transaction = 'open'
    const answers = await ask(begins ? [partOf(BEGIN, []), ...parts] : parts)
    if (parts.at(-1)?.text === COMMIT) transaction = 'over'
    const own = answers.slice(-parts.length)
    // Of several statements: the rows of each.
    return batch === undefined && own[0] !== undefined ? own[0] : { ...NOTHING, rows: own.map(({ rows }) => rows) }
  }

  function ended(by: string): Promise<unknown> {
    const before = transaction
    transaction = 'none'
    if (before === 'due' || before === 'over') return Promise.resolve(NOTHING)
    return by === COMMIT ? ask([partOf(COMMIT, [])]).then(([result]) => committing(result)) : send(by)
  }

  return (...given: unknown[]): unknown => {
    const [text, values = [], ...more] = given
    if (typeof text !== 'string' || !Array.isArray(values) || more.length > 0) {
      if (transaction === 'due') throw new Error('a transaction begins with a text and its values')
      return (send as (...given: unknown[]) => unknown)(...given)
    }
    if (text === BEGIN) {
      transaction = 'due'
      return Promise.resolve(NOTHING)
    }
    return text === COMMIT || text === 'rollback' ? ended(text) : statement(text, values)
  }
}

/** PostgreSQL answers a COMMIT of what has failed with success, and with another word. */
function committing(result: QueryResult | undefined): QueryResult | undefined {
  if (result?.command === 'ROLLBACK') throw new Error('a transaction that had failed was not committed')
  return result
}

const NOTHING: QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }

/** The statements of a batch, each with its values. */
function divided(batch: readonly InBatch[], values: readonly unknown[]): [text: string, values: readonly unknown[]][] {
  let from = 0
  return batch.map((one) => {
    const own = values.slice(from, from + one.values)
    from += one.values
    return [one.text, own]
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
