import pg from 'pg'

/** Counts what a database is asked, BEGIN and COMMIT aside, by PostgreSQL's own count. */
export interface Statements extends AsyncDisposable {
  reset(): Promise<void>
  count(): Promise<number>
  /** Answers how many rows it was answered. */
  query(text: string): Promise<number>
}

/** What PostgreSQL must be started with to count. */
export const countingSettings = ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track_utility=off']

export async function countStatements(databaseUrl: string): Promise<Statements> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('create extension if not exists pg_stat_statements')
  return {
    async reset() {
      await client.query(
        'select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()))',
      )
    },
    async count() {
      const { rows } = await client.query<{ calls: string }>(
        `select coalesce(sum(calls), 0) as calls from pg_stat_statements
         where dbid = (select oid from pg_database where datname = current_database())
           and query not like '%pg_stat_statements%'`,
      )
      return Number(rows[0]?.calls)
    },
    query: async (text) => (await client.query(text)).rowCount ?? 0,
    [Symbol.asyncDispose]: () => client.end(),
  }
}
