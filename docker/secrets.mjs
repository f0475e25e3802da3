// Writes the secrets of compose.yaml that are missing: a folder for each reader, which that reader's user alone enters.
// What is there is kept, since the databases took those passwords when their volumes were made.
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = process.argv[2] ?? '.secrets'
/** Users of the images: PostgreSQL's and Redis's own, and ours. */
const users = { postgres: 999, redis: 999, owner: 1000, shop: 1000 }

/** What the file holds, made anew unless it is there. */
function keep(reader, name, make) {
  const folder = join(root, reader)
  const file = join(folder, name)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600, flag: 'wx' })
  for (const [path, mode] of [
    [folder, 0o700],
    [file, 0o600],
  ]) {
    chmodSync(path, mode)
    if (process.getuid() === 0) chownSync(path, users[reader], users[reader])
  }
  return readFileSync(file, 'utf8').trim()
}

const secret = () => randomBytes(32).toString('base64url')
const lines = (settings) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
const database = (role, password) => `postgres://${role}:${password}@postgres:5432/barrow`

keep('postgres', 'superuser', secret)
const ownerUrl = database('barrow_owner', keep('postgres', 'owner', secret))
const appUrl = database('barrow_app', keep('postgres', 'app', secret))
const redis = keep('redis', 'redis.conf', () => `requirepass ${secret()}\n`).replace('requirepass ', '')

keep('owner', 'env', () => lines({ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl }))
keep('shop', 'env', () =>
  lines({
    DATABASE_URL: appUrl,
    SECRET: secret(),
    INTERNAL_TOKEN: secret(),
    REDIS_URL: `redis://:${redis}@redis:6379`,
  }),
)
