import {
  CompiledQuery,
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
import { batchOf, COMMIT } from './prepared.ts'

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
export interface Written<Row> {
  compile(by: typeof writer): CompiledQuery<Row>
}

/** `quick`: answered in a moment whatever is asked, so that outside of transactions it may share a connection: see `lanes.ts`. */
interface How {
  readonly quick?: boolean
}

export type Asking = Pick<Context, 'em' | 'isLast'>

/** A statement with the values of one call. */
export interface Question<Row> {
  readonly text: string
  readonly values: readonly unknown[]
  readonly quick?: boolean
  /** Of types alone: what a row of its answer is. */
  readonly row?: Row
}

/** Asks the statement, or with `of` puts it beside others to be asked with them: see {@link atOnce}. */
export interface Statement<Values, Row> {
  (ctx: Asking, values: Values): Promise<Row[]>
  of(values: Values): Question<Row>
}

/**
 * A statement that is built once and sent often. Building costs several times what PostgreSQL takes to answer, and is the
 * same each time but for the values.
 *
 * @example
 * const bySlug = statement((given: Given<{ slug: string }>) =>
 *   over<Tables>().selectFrom('product').select('id').where('slug', '=', given(({ slug }) => slug)))
 * const [product] = await bySlug(ctx, { slug })
 */
export const statement = <Values, Row>(build: (given: Given<Values>) => Written<Row>, how: How = {}) =>
  statements<Values, Row>(() => '', build, how)

/**
 * A statement with several forms, of which each is built once. `formOf` names the form that some values need, out of few;
 * null for one that is built for them alone.
 */
export function statements<Values, Row>(
  formOf: (values: Values) => string | null,
  build: (given: Given<Values>, values: Values) => Written<Row>,
  { quick = false }: How = {},
): Statement<Values, Row> {
  const forms = new Map<string, CompiledQuery<Row>>()
  const of = (values: Values): Question<Row> => {
    const form = formOf(values)
    const known = form === null ? undefined : forms.get(form)
    const { sql, parameters } = known ?? build(given, values).compile(writer)
    if (form !== null && known === undefined) forms.set(form, { sql, parameters } as CompiledQuery<Row>)
    return { text: sql, values: parameters.map((one) => (one instanceof Place ? one.read(values) : one)), quick }
  }
  return Object.assign((ctx: Asking, values: Values) => ask(ctx, of(values)), { of })
}

/** Asks one statement. */
export async function ask<Row>(ctx: Asking, question: Question<Row>): Promise<Row[]> {
  const inTransaction = ctx.em.isInTransaction()
  if (ctx.isLast === true && inTransaction) {
    const [rows] = await atOnce(ctx, question)
    return rows
  }
  const { text, values, quick } = question
  const shared = quick && !inTransaction ? lanesOf(ctx.em)?.ask(text, values) : undefined
  const { rows } = await (shared ?? ctx.em.getKysely().executeQuery(CompiledQuery.raw(text, [...values])))
  // What the statement was written to select.
  return rows as Row[]
}

/**
 * Asks several statements one after the other, in one round trip once the connection has prepared them; answers the rows
 * of each. When one fails, none behind it
 * is done. Each sees what those before it wrote, and what others committed until it began.
 *
 * @example const [, [cart]] = await atOnce(ctx, rename.of({ id, name }), find.of({ id }))
 */
export async function atOnce<Rows extends readonly unknown[]>(
  ctx: Asking,
  ...questions: { readonly [K in keyof Rows]: Question<Rows[K]> }
): Promise<{ [K in keyof Rows]: Rows[K][] }> {
  const commits = ctx.isLast === true && ctx.em.isInTransaction()
  const all: readonly Question<unknown>[] = commits ? [...questions, commit] : questions
  const text = batchOf(all.map(({ text, values }) => ({ text, values: values.length })))
  const query = CompiledQuery.raw(
    text,
    all.flatMap(({ values }) => values),
  )
  const { rows } = await ctx.em.getKysely().executeQuery(query)
  // Whoever sends a batch is answered the rows of each of its statements: see `prepared.ts`.
  return rows.slice(0, questions.length) as never
}

const commit: Question<unknown> = { text: COMMIT, values: [] }
