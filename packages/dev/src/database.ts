import pg from 'pg'

const NO_SUCH_DATABASE = '3D000'

/** Makes the database of a URL unless it is there. Throws what the server said when it cannot be reached. */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await connected(url, async () => {})
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error
    const maintenance = new URL(url)
    const name = decodeURIComponent(maintenance.pathname.slice(1))
    maintenance.pathname = '/postgres'
    await connected(maintenance.href, (client) =>
      client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'`),
    )
  }
}

/** Runs `use` with a connection that is closed after it. */
export async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
