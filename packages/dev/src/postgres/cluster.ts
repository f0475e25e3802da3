import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { commandOf } from '../process-command.ts'
import { type Account, accountForNew, accountOf } from './account.ts'
import { stopPostmaster } from './postmaster.ts'

const run = promisify(execFile)

export const superuser = 'barrow'

/** A data folder that is ready to be served. */
export interface Cluster {
  /** Real path of the folder: `data` is PostgreSQL's own, `password` is for the owner's eyes, `log` is of the last run. */
  readonly home: string
  readonly data: string
  readonly password: string
  readonly account: Account
}

/** Opens the cluster in `dataDir`, made first when there is none. Throws when the folder holds something else. */
export async function openCluster(dataDir: string, { durable, log }: CreateOptions): Promise<Cluster> {
  if (!(await isCluster(dataDir))) await createCluster(dataDir, { durable, log })
  const home = await realpath(dataDir)
  const account = await accountOf(home)
  return { home, data: join(home, 'data'), password: await readFile(join(home, 'password'), 'utf8'), account }
}

/** Stops what runs in `dataDir` and deletes it, wherever its files really lie. */
export async function removeCluster(dataDir: string): Promise<void> {
  const home = await realpath(dataDir).catch(() => dataDir)
  if (await isCluster(home)) await stopPostmaster(join(home, 'data'), 'immediate')
  await rm(home, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}

interface CreateOptions {
  readonly durable: boolean
  readonly log: (line: string) => void
}

/** Made in a folder beside and renamed when complete: a half-made cluster never carries the name. */
async function createCluster(dataDir: string, { durable, log }: CreateOptions): Promise<void> {
  const parent = dirname(dataDir)
  await mkdir(parent, { recursive: true })
  await clearAway(dataDir)
  log('Creating the database folder …')
  const account = await accountForNew(await realpath(parent))
  // Another user's files cannot lie in a folder of root's, so the name in the checkout becomes a link to them.
  const fresh = await mkdtemp(account.user ? '/var/tmp/barrow-data-' : `${dataDir}.new-${process.pid}-`)
  try {
    await initialise(fresh, account, durable)
    if (account.user) await symlink(fresh, dataDir)
    else await rename(fresh, dataDir)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Of two processes that create the same cluster at once, the second to finish uses that of the first.
    if (!(await isCluster(dataDir))) throw error
  }
}

async function initialise(home: string, account: Account, durable: boolean): Promise<void> {
  const password = join(home, 'password')
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  if (account.user) {
    await chown(password, account.user.uid, account.user.gid)
    await chown(home, account.user.uid, account.user.gid)
  }
  const [command = '', ...args] = [
    ...account.prefix,
    join(account.bin, 'initdb'),
    ...['--pgdata', join(home, 'data'), '--username', superuser, '--pwfile', password, '--auth', 'scram-sha-256'],
    // The same order and case rules on every machine, whatever locales it has.
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    // Iterations slow down guessing of what people choose; 192 random bits need none, and each connection pays for them.
    ...['--set', 'scram_iterations=1'],
    ...(durable ? [] : ['--no-sync']),
  ]
  await run(command, args, { cwd: '/', env: postgresEnv(), ...account.user })
}

/** Nothing of the caller's environment may steer the server (PGDATA, PGPORT, a locale, a time zone). */
export const postgresEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' })

async function isCluster(dataDir: string): Promise<boolean> {
  return (await lstat(join(dataDir, 'data', 'PG_VERSION')).catch(() => undefined)) !== undefined
}

/** Clears the way for a new cluster: a link to files that are gone, an empty folder, what killed processes left. */
async function clearAway(dataDir: string): Promise<void> {
  const found = await lstat(dataDir).catch(() => undefined)
  if (found?.isSymbolicLink()) await rm(dataDir)
  else if (found && (!found.isDirectory() || (await readdir(dataDir)).length > 0)) {
    throw new Error(`${dataDir} is neither empty nor a database folder of Barrow. Remove it and start again.`)
  }
  for (const name of await readdir(dirname(dataDir))) {
    const [, pid] = name.startsWith(`${basename(dataDir)}.new-`) ? (name.match(/\.new-(\d+)-/) ?? []) : []
    if (!pid || commandOf(Number(pid))) continue
    // Its initdb may still be at work for a moment.
    await rm(join(dirname(dataDir), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
