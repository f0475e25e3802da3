import { randomUUID } from 'node:crypto'
import {
  type Actor,
  assertMigrated,
  assertPlainRole,
  type Config,
  type Context,
  createCaller,
  createContext,
  createRuntime,
  type Runtime,
  SchemaBehindError,
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
  await assertPlainRole(runtime)
  return await use(shopOf(runtime))
}

/** Says what is the matter with a database before the first procedure does, which would only say that it failed. */
async function checkDatabase(runtime: Runtime): Promise<void> {
  const at = databaseOf(runtime.config.database.url)
  await assertMigrated(runtime.orm).catch((error: unknown) => {
    if (error instanceof SchemaBehindError) throw new CommandError(error.message)
    const why = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error)
    throw new CommandError(`No database answers at ${at}: is \`pnpm dev\` running? (${why})`)
  })
}

/** Where the database is, without the password. */
export function databaseOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}
