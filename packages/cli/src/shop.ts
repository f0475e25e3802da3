import { randomUUID } from 'node:crypto'
import {
  type Actor,
  type Config,
  type Context,
  createCaller,
  createContext,
  createRuntime,
  type Runtime,
} from '@barrow/api/runtime'
import { pino } from 'pino'
import { CommandError } from './failure.ts'
import type { Io } from './io.ts'
import { readSettings } from './settings.ts'

export type Caller = ReturnType<typeof createCaller>

/** A shop as commands see it: its procedures, called in process as the command line. */
export interface Shop {
  readonly config: Config
  readonly runtime: Runtime
  readonly caller: Caller
  /** For the few verbs that no procedure offers. */
  context(action: string): Context
}

const actor: Actor = { kind: 'system', name: 'cli' }

/** The shop of a runtime that is open already. */
export const shopOf = (runtime: Runtime): Shop => ({
  config: runtime.config,
  runtime,
  caller: createCaller(runtime, actor),
  context: (action) =>
    createContext(runtime, {
      actor,
      action,
      requestId: randomUUID(),
      credentials: { setSession: () => {}, setGuest: () => {} },
    }),
})

/** Opens the shop of the settings for the length of one command. */
export async function withShop<T>(io: Io, use: (shop: Shop) => Promise<T>): Promise<T> {
  const config = await readSettings(io)
  // Results go to standard output, so the log goes beside it; it says only what went wrong.
  const log = pino({ name: 'cli', level: 'error' }, io.err)
  await using runtime = await createRuntime(config, { name: 'cli', log })
  await checkDatabase(runtime)
  return await use(shopOf(runtime))
}

/** Says what is the matter with a database before the first procedure does, which would only say that it failed. */
async function checkDatabase(runtime: Runtime): Promise<void> {
  const at = databaseOf(runtime.config)
  const rows = await runtime.orm.em
    .fork()
    .execute<{ ready: boolean }[]>(`select to_regclass('product') is not null as ready`)
    .catch((error: unknown) => {
      const why = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error)
      throw new CommandError(`No database answers at ${at}: is \`pnpm dev\` running? (${why})`)
    })
  if (rows[0]?.ready !== true)
    throw new CommandError(`The database at ${at} has no tables yet: run \`barrow migrate\`.`)
}

/** Where the database is, without the password. */
export function databaseOf(config: Config): string {
  const { host, pathname } = new URL(config.database.url)
  return `${host}${pathname}`
}
