import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog, createRuntime, readConfig } from '@barrow/api/runtime'
import { migrate } from '@barrow/worker/migrate'
import { ensureDatabase } from './database.ts'
import { loadDemo } from './demo/load.ts'
import { freePort } from './free-port.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { prettyLine } from './pretty.ts'
import { processGroup } from './process-group.ts'
import { watchFolders } from './watch.ts'
import { welcome } from './welcome.ts'

/** `pnpm dev`: a whole shop on this machine, from nothing to the first call, until Ctrl-C. */
const root = join(import.meta.dirname, '..', '..', '..')
const home = join(root, '.barrow')
const DATABASE_PORT = 54_320
const API_PORT = 4000

const say = (line: string) => process.stdout.write(`${prettyLine(line)}\n`)
const step = (name: string, state: string) => say(`  ${name.padEnd(10)} ${state}`)

/** One line rewritten where somebody watches; elsewhere the last one says enough. */
const progress = (name: string, state: string) =>
  process.stdout.isTTY && process.stdout.write(`\r  ${name.padEnd(10)} ${state}\x1b[K\r`)

say('Barrow is getting ready.')
await mkdir(home, { recursive: true })
await using database = await openDatabase(process.env.DATABASE_URL)
step('database', database.place)

const port = await freePort(API_PORT)
const env = {
  NODE_ENV: 'development',
  DATABASE_URL: database.url,
  PORT: String(port),
  SECRET: await secret(),
  MAILBOX_DIR: join(home, 'mailbox'),
  MEDIA_DIR: join(home, 'media'),
  // A developer's pages, tests and scripts all call from one address.
  LIMITS_SCALE: '100',
  // Receivers of webhooks that are being written run on this machine.
  WEBHOOK_ALLOW_PRIVATE: 'true',
}
await migrate(database.url)
step('schema', 'up to date')

const accounts = await prepare()
step('demo shop', 'loaded')

await using group = processGroup({ print: say })
const start = (name: string, file: string) =>
  group.start({ name, command: process.execPath, args: [join(root, 'packages', name, 'src', file)], env, cwd: root })
const members = [start('api', 'main.ts'), start('worker', 'main.ts')]
// `pnpm barrow` in another terminal finds the running shop by this.
await writeFile(
  join(home, 'dev.env'),
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join(''),
  { mode: 0o600 },
)

await Promise.race([answered(`http://127.0.0.1:${port}/health/ready`), group.stopped])
step('api', port === API_PORT ? `port ${port}` : `port ${port} (${API_PORT} is taken)`)
for (const line of welcome({ port, accounts })) say(line)

const unwatch = watchFolders({
  folders: ['api', 'worker'].map((name) => join(root, 'packages', name, 'src')),
  onChange: async (paths) => {
    say(`Changed: ${paths.map((path) => path.slice(root.length + 1)).join(', ')}. Restarting.`)
    await Promise.all(members.map((member) => member.restart()))
  },
  onError: (error) => say(`Cannot watch for changes: ${String(error)}`),
})
await group.stopped
unwatch()

async function openDatabase(given: string | undefined): Promise<AsyncDisposable & { url: string; place: string }> {
  const postgres: Postgres | undefined = given
    ? undefined
    : await startPostgres({ dataDir: join(home, 'postgres'), port: DATABASE_PORT, durable: true, log: say })
  const url = given ?? postgres?.url('barrow') ?? ''
  await ensureDatabase(url)
  const place =
    postgres === undefined ? 'the one of DATABASE_URL' : `embedded, port ${postgres.port}, data in .barrow/postgres`
  return { url, place, [Symbol.asyncDispose]: async () => postgres?.stop() }
}

/** One secret for each checkout, so that links and sessions outlive a restart. */
async function secret(): Promise<string> {
  const file = join(home, 'secret')
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    // Reading a file fails with a system call's error.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const fresh = randomBytes(32).toString('base64url')
    await writeFile(file, fresh, { mode: 0o600 })
    return fresh
  }
}

async function prepare() {
  const config = readConfig({ ...env, LOG_LEVEL: 'warn' })
  const log = createLog(config, 'dev', { write: (line) => say(line.trimEnd()) })
  await using runtime = await createRuntime(config, { name: 'dev', log })
  return await loadDemo(runtime, {
    accountsFile: join(home, 'accounts.json'),
    onProgress: (line) => progress('demo shop', line),
  })
}

async function answered(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error('The API did not get ready within a minute; its lines above say why.')
}
