/// <reference path="./pg-utils.d.ts" />
import pg, { type ClientBase, type Connection, type FieldDef, type QueryConfig, type QueryResult } from 'pg'
import utils from 'pg/lib/utils'

/** A statement that a connection is asked; with a name it is kept prepared under it. */
export interface Part {
  readonly name: string | undefined
  readonly text: string
  readonly values: readonly unknown[]
}

/** A statement that the connection has prepared, and its columns. */
interface Prepared {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly fields: readonly FieldDef[]
}

type Answered = (error: Error | null | undefined, results: QueryResult | QueryResult[]) => void

/** What pg's own query does, beside what its types say. */
interface Internals {
  handleRowDescription(message: { fields: readonly FieldDef[] }): void
  handleCommandComplete(message: object, connection: Connection): void
}
const Query = pg.Query as unknown as new (config: QueryConfig, answered: Answered) => Internals

/** The messages of PostgreSQL's protocol that are sent here, as pg sends them. */
interface Sending {
  bind(message: { statement: string; values: readonly unknown[] }): void
  execute(message: object): void
  sync(): void
}

/**
 * Prepared statements that are sent in one go, one after the other, without asking once more what their columns are. After
 * one that fails PostgreSQL skips the rest (its documentation, 54.2.3): with BEGIN before them and COMMIT behind them, what
 * did not begin is not done, and what failed is not committed.
 */
class Exchange extends Query {
  readonly #parts: readonly Prepared[]
  #at = 0

  /** For whoever looks at what is sent. */
  readonly texts: readonly string[]

  constructor(parts: readonly Prepared[], answered: Answered) {
    const [{ name, text } = { name: '', text: '' }] = parts
    super({ name, text }, answered)
    this.#parts = parts
    this.texts = parts.map(({ text }) => text)
  }

  /** Called by pg once the connection is free; what is written here leaves together. */
  prepare(connection: Sending): void {
    for (const { name, values } of this.#parts) {
      connection.bind({ statement: name, values })
      connection.execute({})
    }
    connection.sync()
    this.#expect()
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    super.handleCommandComplete(message, connection)
    this.#at += 1
    this.#expect()
  }

  /** Tells pg what PostgreSQL was not asked: the columns of the rows that come next. */
  #expect(): void {
    const { fields = [] } = this.#parts[this.#at] ?? {}
    if (fields.length > 0) this.handleRowDescription({ fields })
  }
}

/** How a connection is asked; answers the result of each part. */
export type Ask = (parts: readonly Part[]) => Promise<QueryResult[]>

export function askerOf(send: ClientBase['query']): Ask {
  /** The columns of each statement that this connection has prepared. */
  const known = new Map<string, readonly FieldDef[]>()

  /** What is prepared already; undefined where something is not. */
  function prepared(parts: readonly Part[]): Prepared[] | undefined {
    const all: Prepared[] = []
    for (const { name, text, values } of parts) {
      const fields = name === undefined ? undefined : known.get(name)
      if (name === undefined || fields === undefined) return undefined
      // A value that cannot be sent is told before anything is.
      all.push({ name, text, fields, values: values.map((value) => utils.prepareValue(value)) })
    }
    return all
  }

  const exchange = (parts: readonly Prepared[]): Promise<QueryResult[]> =>
    new Promise((resolve, reject) => {
      const answered: Answered = (error, results) => {
        if (error === undefined || error === null) return resolve(Array.isArray(results) ? results : [results])
        // It was made where bytes came in, which tells nobody who asked.
        Error.captureStackTrace(error)
        reject(error)
      }
      send(new Exchange(parts, answered) as unknown as pg.Query)
    })

  async function one({ name, text, values }: Part): Promise<QueryResult> {
    // Without values it is a question of the simple protocol, as it came.
    const result = await (name === undefined
      ? values.length === 0
        ? send(text)
        : send(text, [...values])
      : send({ name, text, values: [...values] }))
    if (name !== undefined) known.set(name, result.fields)
    return result
  }

  return async (parts) => {
    const whole = prepared(parts)
    if (whole !== undefined) return exchange(whole)
    const results: QueryResult[] = []
    for (const part of parts) {
      const [ready] = prepared([part]) ?? []
      if (ready === undefined) results.push(await one(part))
      else results.push(...(await exchange([ready])))
    }
    return results
  }
}
