import pg, { type ClientBase, type Connection, type FieldDef, type QueryConfig, type QueryResult } from 'pg'

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

  /** Called by pg, which takes what has a name for something to prepare; what is written here leaves together. */
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

/**
 * A prepared statement that a migration has given other columns, or that a pooler has dropped with its connection: it fails
 * from then on, under this name.
 */
const STALE: ReadonlySet<unknown> = new Set(['0A000', '26000'])

export function askerOf(send: ClientBase['query']): Ask {
  /** The columns of each statement that this connection has prepared, and the names that it is just preparing. */
  const known = new Map<string, readonly FieldDef[]>()
  const preparing = new Set<string>()
  /** Raised when what was prepared is stale: then all get new names. */
  let generation = 0
  const nameOf = (name: string) => (generation === 0 ? name : `${name}.${generation}`)

  /** What is prepared already; undefined where something is not. */
  function prepared(parts: readonly Part[]): Prepared[] | undefined {
    const all: Prepared[] = []
    for (const { name, text, values } of parts) {
      const fields = name === undefined ? undefined : known.get(name)
      if (name === undefined || fields === undefined) return undefined
      all.push({ name: nameOf(name), text, fields, values })
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
    // Without values it is a question of the simple protocol, as it came. What another question is just preparing on a
    // shared connection may come to nothing, so this one does without.
    if (name === undefined || preparing.has(name)) return values.length === 0 ? send(text) : send(text, [...values])
    preparing.add(name)
    const began = generation
    try {
      const result = await send({ name: nameOf(name), text, values: [...values] })
      if (began === generation) known.set(name, result.fields)
      return result
    } finally {
      preparing.delete(name)
    }
  }

  async function each(parts: readonly Part[]): Promise<QueryResult[]> {
    const results: QueryResult[] = []
    for (const part of parts) {
      const [ready] = prepared([part]) ?? []
      if (ready === undefined) results.push(await one(part))
      else results.push(...(await exchange([ready])))
    }
    return results
  }

  return async (parts) => {
    const whole = prepared(parts)
    const began = generation
    try {
      return await (whole === undefined ? each(parts) : exchange(whole))
    } catch (error) {
      // Several fail at once on a shared connection; the names that came after them are sound.
      if (began === generation && error instanceof Error && 'code' in error && STALE.has(error.code)) {
        generation += 1
        known.clear()
      }
      throw error
    }
  }
}
