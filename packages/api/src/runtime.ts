import { migrations } from '../migrations/index.ts'
import { entities } from './entities.ts'
import { events as catalogue } from './events.ts'
import { figures } from './figures.ts'
import type { Actor } from './platform/actor.ts'
import { createArgon2Passwords } from './platform/adapters/argon2-passwords.ts'
import { openBreaches } from './platform/adapters/breaches.ts'
import { openCache } from './platform/adapters/cache.ts'
import { createGuardedHttp } from './platform/adapters/guarded-http.ts'
import { openLimits } from './platform/adapters/limits.ts'
import { openMail } from './platform/adapters/mail.ts'
import { openPayments } from './platform/adapters/payments.ts'
import { openSearch } from './platform/adapters/search.ts'
import { openTracing } from './platform/adapters/tracing.ts'
import { createCache } from './platform/cache/cache.ts'
import { keptQueries, kindsOf } from './platform/cache/keeping.ts'
import { openChanges } from './platform/changes.ts'
import type { Config } from './platform/config.ts'
import { type Context, contextOfCalls, type Runtime } from './platform/context.ts'
import { newRequestId } from './platform/ids.ts'
import { callLog } from './platform/log.ts'
import { createLog } from './platform/logging.ts'
import { type MigrateOptions, migrateDatabase, openForMigration } from './platform/migrate.ts'
import { watchFigures } from './platform/observe/figures.ts'
import { createMetrics } from './platform/observe/metrics.ts'
import { watchConnections, watchStatements } from './platform/observe/statements.ts'
import { openOrm } from './platform/orm.ts'
import type { CacheStore } from './platform/ports/cache.ts'
import { createCallerFactory, router } from './platform/trpc.ts'
import { routes } from './routes.ts'
import { productFields } from './shop/catalog/search/fields.ts'

export { describeMetrics } from './figures.ts'
export { type Actor, type Permission, permissions } from './platform/actor.ts'
export { type Config, ConfigError, Environment, readConfig, readDatabase } from './platform/config.ts'
export type { Context, Runtime } from './platform/context.ts'
export { createContext } from './platform/context.ts'
export { createLog } from './platform/logging.ts'
export { assertMigrated, assertNotBehind, SchemaBehindError } from './platform/migrate.ts'
export { Currency, decimalsOf } from './platform/money.ts'
export { assertPlainRole, unlessRefused } from './platform/refusal.ts'
export type { Meta as ProcedureMeta } from './platform/trpc.ts'

export const schema = { entities, migrations }
export const appRouter = router(routes)
/** What answers that are kept are made of. */
const kinds = kindsOf(keptQueries(appRouter))

/** What a process may bring itself instead of what the configuration says: in tests, what leaves the building. */
export type Overrides = Partial<Pick<Runtime, 'breaches' | 'log' | 'mail' | 'outbound' | 'passwords' | 'payments'>> & {
  name?: string
  cacheStore?: CacheStore
}

/** The recipe of a running shop. Close it, or hold it with `await using`. */
export async function createRuntime(config: Config, overrides: Overrides = {}): Promise<Runtime> {
  const log = overrides.log ?? createLog(config, overrides.name ?? 'barrow')
  const metrics = createMetrics()
  const tracing = await openTracing(config, overrides.name ?? 'barrow')
  if (config.unencryptedHosts.length > 0)
    log.warn({ hosts: config.unencryptedHosts }, 'spoken to without TLS, as UNENCRYPTED_HOSTS or SMTP_TLS says')
  const orm = await openOrm({ ...config.database, byIndex: true }, schema, {
    connected: (connected) => watchConnections(connected, metrics),
    connection: (client) => watchStatements(client, { metrics, tracing }),
  })
  watchFigures({ orm, log, metrics }, figures)
  const changes = openChanges(config.database.url)
  const limits = await openLimits(config, log)
  const cache = createCache(overrides.cacheStore ?? (await openCache(config.cache, log)), {
    kinds,
    changes,
    metrics,
    log,
  })
  const mail = overrides.mail ?? (await openMail(config.mail))
  const outbound = overrides.outbound ?? createGuardedHttp(config.webhooks)
  const passwords = overrides.passwords ?? createArgon2Passwords(config.accounts.hash)
  const breaches = overrides.breaches ?? openBreaches(config.accounts.breachedPasswordsUrl, log)
  const payments = overrides.payments ?? (await openPayments(config, { orm, log }))
  const search = await openSearch(config, productFields)
  const close = async () => {
    await cache[Symbol.asyncDispose]()
    await search[Symbol.asyncDispose]()
    await changes[Symbol.asyncDispose]()
    await mail[Symbol.asyncDispose]()
    await limits[Symbol.asyncDispose]()
    await orm.close()
    await tracing[Symbol.asyncDispose]()
  }
  return {
    config,
    log,
    callLog: callLog(log),
    orm,
    catalogue,
    changes,
    breaches,
    limits,
    cache,
    mail,
    outbound,
    passwords,
    payments,
    search,
    metrics,
    tracing,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const callerFactory = createCallerFactory(appRouter)

export interface CallOptions {
  /** For a call that must act once even if it is made again. */
  idempotencyKey?: string
}

/** Calls procedures in process, with the same checks and errors as over HTTP, as a declared actor. */
export function createCaller(runtime: Runtime, actor: Actor, options: CallOptions = {}) {
  return callerFactory(() => callContext(runtime, actor, options))
}

function callContext(runtime: Runtime, actor: Actor, options: CallOptions): Context {
  return contextOfCalls(runtime, {
    actor,
    requestId: newRequestId(),
    idempotencyKey: options.idempotencyKey,
    credentials: { setSession: () => {}, setGuest: () => {} },
  })
}

/** Brings the shop's own tables to this version's schema. What events travel on is made by the worker's `migrate`. */
export const migrate = (databaseUrl: string, options: MigrateOptions = {}): Promise<void> =>
  migrateDatabase(databaseUrl, schema, options)

/** What separates a database's schema from the entities, as SQL statements: empty when they agree. */
export async function openSchema(databaseUrl: string) {
  const orm = await openForMigration(databaseUrl, schema)
  return {
    async difference(): Promise<string[]> {
      const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false })
      return sql.split(/;\s*(?:\n|$)/).flatMap((statement) => (statement.trim() === '' ? [] : [statement.trim()]))
    },
    [Symbol.asyncDispose]: () => orm.close(),
  }
}
