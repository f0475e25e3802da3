import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Context } from './context.ts'
import { lanesOf } from './orm.ts'
import { AND_COMMIT } from './prepared.ts'

/** Writes queries and sends none: what statements are built with. */
const writer = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The tables that a statement is written over. */
// Which tables there are is a matter of types alone.
export const over = <Tables>(): Kysely<Tables> => writer as unknown as Kysely<Tables>

/** Stands in a statement for what each call gives. */
export type Given<Values> = <T>(read: (values: Values) => T) => RawBuilder<T>

class Place<Values> {
  readonly read: (values: Values) => unknown

  constructor(read: (values: Values) => unknown) {
    this.read = read
  }
}

const given = <Values, T>(read: (values: Values) => T): RawBuilder<T> => sql<T>`${new Place(read)}`

/** What a query builder and an `sql` template have in common. */
interface Written<Row> {
  compile(by: typeof writer): CompiledQuery<Row>
}

/** `quick`: answered in a moment whatever is asked, so that outside of transactions it may share a connection: see `lanes.ts`. */
interface How {
  readonly quick?: boolean
}

type Asking = Pick<Context, 'em' | 'isLast'>

/**
 * A statement that is built once and sent often. Building costs several times what PostgreSQL takes to answer, and is the
 * same each time but for the values.
 *
 * @example
 * const bySlug = statement((given: Given<{ slug: string }>) =>
 *   over<Tables>().selectFrom('product').select('id').where('slug', '=', given(({ slug }) => slug)))
 * const [product] = await bySlug(ctx, { slug })
 */
export function statement<Values, Row>(
  build: (given: Given<Values>) => Written<Row>,
  how: How = {},
): (ctx: Asking, values: Values) => Promise<Row[]> {
  let compiled: CompiledQuery<Row> | undefined
  return (ctx, values) => {
    compiled ??= build(given).compile(writer)
    return send(ctx, compiled, values, how)
  }
}

/**
 * A statement with several forms, of which each is built once. `formOf` names the form that some values need, out of few;
 * null for one that is built for them alone.
 */
export function statements<Values, Row>(
  formOf: (values: Values) => string | null,
  build: (given: Given<Values>, values: Values) => Written<Row>,
  how: How = {},
): (ctx: Asking, values: Values) => Promise<Row[]> {
  const forms = new Map<string, CompiledQuery<Row>>()
  return (ctx, values) => {
    const form = formOf(values)
    const known = form === null ? undefined : forms.get(form)
    const compiled = known ?? build(given, values).compile(writer)
    if (form !== null) forms.set(form, compiled)
    return send(ctx, compiled, values, how)
  }
}

async function send<Values, Row>(
  { em, isLast }: Asking,
  compiled: CompiledQuery<Row>,
  values: Values,
  { quick = false }: How,
): Promise<Row[]> {
  const parameters = compiled.parameters.map((value) => (value instanceof Place ? value.read(values) : value))
  const inTransaction = em.isInTransaction()
  const shared = quick && !inTransaction ? lanesOf(em)?.ask(compiled.sql, parameters) : undefined
  if (shared !== undefined) return (await shared).rows as Row[]
  const text = isLast === true && inTransaction ? compiled.sql + AND_COMMIT : compiled.sql
  const { rows } = await em.getKysely().executeQuery<Row>({ ...compiled, sql: text, parameters })
  return rows
}
