import { z } from 'zod'
import { openLimitPool } from './pool.ts'
import { serveLimit } from './server.ts'

const number = z.coerce.number().int()
const { DATABASE_URL, DATABASE_POOL, PORT } = z
  .object({ DATABASE_URL: z.string(), DATABASE_POOL: number, PORT: number })
  .parse(process.env)
await serveLimit(openLimitPool(DATABASE_URL, DATABASE_POOL), PORT)
