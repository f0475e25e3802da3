import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Ends every connection to the database and drops it. */
  drop(): Promise<void>
}

/** One name for every key, since one process at a time makes a template: what a killed one left is in the next one's way. */
const unfinished = 'barrow_unfinished'

/** How long a database that nobody asked for may lie on a server that several runs share. */
const keep = '1 hour'

/** Creates a database of its own for a test, as a copy of `template` (50 ms for 60 tables). */
export async function createTestDatabase(options: { serverUrl: string; template: string }): Promise<TestDatabase> {
  const name = `barrow_test_${randomBytes(8).toString('hex')}`
  await connected(options.serverUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(options.template)}`)
    await markUsed(client, name)
  })
  const drop = () => connected(options.serverUrl, (client) => dropDatabase(client, name))
  return { url: databaseUrl(options.serverUrl, name), drop, [Symbol.asyncDispose]: drop }
}

/**
 * Makes the database `barrow_template_<key>` unless it is there, exactly once even if many processes ask at the same
 * moment, and returns its name. `key` says what is in it (a hash of the migrations): up to 40 of a-z, 0-9 and _.
 * `migrate` fills an empty database and closes its connections. Databases of other keys, and of killed test runs, are
 * dropped once nobody has asked for them for an hour.
 */
export async function ensureTemplate(options: {
  serverUrl: string
  key: string
  migrate: (url: string) => Promise<void>
}): Promise<string> {
  const { serverUrl, key, migrate } = options
  if (!/^[a-z0-9_]{1,40}$/.test(key))
    throw new RangeError(`A template's key is 1 to 40 of a-z, 0-9 and _, not '${key}'.`)
  const template = `barrow_template_${key}`

  return await connected(serverUrl, async (client) => {
    // Held by this connection: a process that is killed lets go of it.
    await client.query(`SELECT pg_advisory_lock(hashtext('barrow templates'))`)
    await dropUnused(client, template)
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
    if (!rowCount) {
      await dropDatabase(client, unfinished)
      // template0 is the same on every server; what somebody put into template1 is not.
      await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`)
      await migrate(databaseUrl(serverUrl, unfinished))
      // A connection to a template would keep everyone from copying it.
      await client.query(`ALTER DATABASE ${unfinished} ALLOW_CONNECTIONS false`)
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
    }
    await markUsed(client, template)
    return template
  })
}

/** The same server's URL with another database. */
function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Only what carries this comment is ever dropped unasked: a database somebody made by hand does not. */
async function markUsed(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ now: string }>(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS now`,
  )
  await client.query(`COMMENT ON DATABASE ${name} IS 'Barrow test database, last used ${rows[0]?.now}+00'`)
}

async function dropUnused(client: pg.Client, except: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS name
       FROM pg_database database,
            substring(shobj_description(oid, 'pg_database') FROM '^Barrow test database, last used (.*)$') used
      WHERE datname ~ '^barrow_(test|template)_' AND datname <> $1 AND used::timestamptz < now() - $2::interval
        AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datid = database.oid)`,
    [except, keep],
  )
  for (const { name } of rows) await dropDatabase(client, name)
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
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
