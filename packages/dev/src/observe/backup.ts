import pg from 'pg'

/** All that a shop is: the rows of its tables, and where its sequences stand, as one moment saw them. */
export interface Backup {
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[]; readonly rows: string }[]
  readonly sequences: readonly { readonly name: string; readonly value: string | null }[]
}

/**
 * Takes and restores what `pg_dump --data-only --exclude-schema=bullmq` would, for tests: the embedded PostgreSQL comes without
 * its client programs.
 */
export async function takeBackup(url: string): Promise<Backup> {
  return connected(url, async (client) => {
    await client.query('begin isolation level repeatable read, read only')
    const { rows: found } = await client.query<{ name: string; columns: string[] }>(
      `select table_name as name, array_agg(quote_ident(column_name) order by ordinal_position)::text[] as columns
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
         and table_name <> 'migration'
       group by table_name`,
    )
    const tables = []
    for (const { name, columns } of found) {
      const { rows } = await client.query<{ rows: string }>(
        `select coalesce(json_agg(kept), '[]')::text as rows from (select ${columns.join(', ')} from public.${pg.escapeIdentifier(name)}) kept`,
      )
      tables.push({ name, columns, rows: rows[0]?.rows ?? '[]' })
    }
    const { rows: sequences } = await client.query<{ name: string; value: string | null }>(
      `select sequencename as name, last_value::text as value from pg_sequences where schemaname = 'public'`,
    )
    return { tables, sequences }
  })
}

/** Brings a backup into a database that is migrated and empty. */
export async function restoreBackup(url: string, { tables, sequences }: Backup): Promise<void> {
  await connected(url, async (client) => {
    await client.query('begin')
    // As pg_restore does with --disable-triggers: rows come table by table, their references hold at the end.
    await client.query('set local session_replication_role = replica')
    for (const { name, columns, rows } of tables) {
      const table = `public.${pg.escapeIdentifier(name)}`
      const list = columns.join(', ')
      await client.query(
        `insert into ${table} (${list}) overriding system value
         select ${list} from json_populate_recordset(null::${table}, $1::json)`,
        [rows],
      )
    }
    for (const { name, value } of sequences) {
      if (value !== null) await client.query('select setval($1::regclass, $2::bigint)', [`public.${name}`, value])
    }
    await client.query('commit')
  })
}

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
