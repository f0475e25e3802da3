import { z } from 'zod'
import { openLimitPool } from './pool.ts'
import { serveLimit } from './server.ts'

const { DATABASE_URL, DATABASE_POOL } = z
  .object({ DATABASE_URL: z.string(), DATABASE_POOL: z.coerce.number().int() })
  .parse(process.env)
const pool = openLimitPool(DATABASE_URL, DATABASE_POOL)
const { port } = await serveLimit(pool)
process.stdout.write(`listening on ${port}\n`)
await new Promise((stopped) => process.once('SIGTERM', stopped))
process.exit(0)
