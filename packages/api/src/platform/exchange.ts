/// <reference path="./pg-utils.d.ts" />
import pg, { type ClientBase, type Connection, type FieldDef, type QueryConfig, type QueryResult } from 'pg'
import utils from 'pg/lib/utils'

/** A statement under the name that a connection keeps it by. */
export interface Named {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** What of a transaction is sent together with a statement. */
export interface Around {
  readonly begins: boolean
  readonly commits: boolean
}

const ALONE: Around = { begins: false, commits: false }

type Answered = (error: Error | null | undefined, result: QueryResult) => void

/** What pg's own query does, beside what its types say. */
interface Internals {
  handleRowDescription(message: { fields: readonly FieldDef[] }): void
  handleCommandComplete(message: { text: string }, connection: Connection): void
}
const Query = pg.Query as unknown as new (config: QueryConfig, answered: Answered) => Internals

/** The messages of PostgreSQL's protocol that are sent here, as pg sends them. */
interface Sending {
  bind(message: { statement: string; values: readonly unknown[] }): void
  execute(message: object): void
  sync(): void
}

/**
 * A question of statements that the connection has prepared, sent in one go: without asking once more what the columns are,
 * and with BEGIN or COMMIT where they belong to it. After a part that fails PostgreSQL skips the rest (its documentation,
 * 54.2.3): what did not begin is not done, and what failed is not committed.
 */
class Exchange extends Query {
  readonly #statement: Named
  readonly #fields: readonly FieldDef[]
  readonly #around: Around

  constructor(statement: Named, fields: readonly FieldDef[], around: Around, answered: Answered) {
    super({ name: statement.name, text: statement.text }, answered)
    this.#statement = statement
    this.#fields = fields
    this.#around = around
  }

  /** Called by pg once the connection is free; what is written here leaves together. */
  prepare(connection: Sending): void {
    const run = (statement: string, values: readonly unknown[] = []) => {
      connection.bind({ statement, values })
      connection.execute({})
    }
    if (this.#around.begins) run('begin')
    run(this.#statement.name, this.#statement.values)
    if (this.#around.commits) run('commit')
    connection.sync()
    if (this.#fields.length > 0) this.handleRowDescription({ fields: this.#fields })
  }

  override handleCommandComplete(message: { text: string }, connection: Connection): void {
    if (message.text !== 'BEGIN' && message.text !== 'COMMIT') super.handleCommandComplete(message, connection)
  }
}

/** How a connection is asked: a statement that is new to it is prepared first. */
export type Ask = (statement: Named, around?: Around) => Promise<QueryResult>

export function askerOf(send: ClientBase['query']): Ask {
  /** The columns of each statement that this connection has prepared. */
  const known = new Map<string, readonly FieldDef[]>()

  const prepare = async (statement: Named): Promise<QueryResult> => {
    const result = await send({ ...statement, values: [...statement.values] })
    known.set(statement.name, result.fields)
    return result
  }

  const exchange = (statement: Named, fields: readonly FieldDef[], around: Around): Promise<QueryResult> =>
    new Promise((resolve, reject) => {
      // A value that cannot be sent is told before anything is.
      const values = statement.values.map((value) => utils.prepareValue(value))
      const answered: Answered = (error, result) => {
        if (error === undefined || error === null) return resolve(result)
        // It was made where bytes came in, which tells nobody who asked.
        Error.captureStackTrace(error)
        reject(error)
      }
      send(new Exchange({ ...statement, values }, fields, around, answered) as unknown as pg.Query)
    })

  const ask: Ask = async (statement, around = ALONE) => {
    const fields = known.get(statement.name)
    const isPrepared = (name: string) => known.has(name)
    if (fields !== undefined && (!around.begins || isPrepared('begin')) && (!around.commits || isPrepared('commit')))
      return exchange(statement, fields, around)
    if (around.begins) await ask(BEGIN)
    const result = fields === undefined ? await prepare(statement) : await exchange(statement, fields, ALONE)
    if (around.commits) await ask(COMMIT)
    return result
  }
  return ask
}

const BEGIN: Named = { name: 'begin', text: 'begin', values: [] }
const COMMIT: Named = { name: 'commit', text: 'commit', values: [] }
