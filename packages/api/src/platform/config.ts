import { z } from 'zod'
import { accountSettings, readAccounts } from './account-settings.ts'
import { cacheSettings, readCache } from './cache-settings.ts'
import { ConfigError } from './config-error.ts'
import { readEnvironment, type Variables } from './environment.ts'
import { httpSettings, readHttp } from './http-settings.ts'
import { limitsSettings, readLimits } from './limits-settings.ts'
import { mailSettings, readMail } from './mail-settings.ts'
import { observeSettings, readObserve } from './observe-settings.ts'
import { paymentSettings, readPayments } from './payment-settings.ts'
import { productionSettings, refuseInProduction } from './production-settings.ts'
import { readSearch, searchSettings } from './search-settings.ts'
import { readTls, tlsSettings, withTls } from './tls-settings.ts'
import { readTransport, transportSettings } from './transport-settings.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const list = z
  .string()
  .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
const origin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin)
/** As a browser writes it. `*` and `null` are everybody, and everybody is not to act with a visitor's cookies. */
const exactOrigin = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be exact origins, as https://shop.example.com',
  )

/** Every setting Barrow reads, with its default. Nothing else in the code reads the environment. */
export const Environment = z.object({
  /** What the shop takes itself for: `production` refuses what only helps development. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  /** PostgreSQL 15 or later, as a role that reads and writes rows; it need not own the tables. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** The same database as the role that owns its tables: for `barrow migrate` alone, where the two differ. */
  DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Connections of one process; few, so that a burst waits here and not on row locks. Of 4 or more, short reads share 2. */
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(10),
  /** How long a statement, a wait for a connection or twice a wait for a lock may take before the call is `busy`, in ms. */
  DATABASE_TIMEOUT_MS: z.coerce.number().int().min(100).max(300_000).default(5_000),
  /** The address the API listens on. */
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  /** The port the API listens on. */
  PORT: port.default(4000),
  /** Where the API is reached from outside. Cookies are `Secure` when it is https. */
  PUBLIC_URL: origin.optional(),
  /** Where the links in e-mails lead. */
  STOREFRONT_URL: origin.default('http://localhost:3000'),
  /** Keys signatures and link tokens are derived from: 32 random bytes. One, or two by a comma: the first signs, both verify. */
  SECRET: list.pipe(z.array(z.string().min(32)).min(1).max(2)),
  /** Exact origins of frontends elsewhere, by commas. In development every localhost port is allowed as well. */
  CORS_ORIGINS: list.pipe(z.array(exactOrigin).max(100)).default([]),
  /** `none` for a frontend on another site: its cookies need https. */
  COOKIE_SAME_SITE: z.enum(['lax', 'none']).default('lax'),
  /** From which level on lines are logged. */
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  /** A folder of files served under `/media`; none when empty. */
  MEDIA_DIR: z.string().max(4096).default(''),
  ...accountSettings,
  ...httpSettings,
  ...limitsSettings,
  ...mailSettings,
  /** For how many days nobody touches a visitor's cart before it is removed. Carts of customers stay. */
  GUEST_CART_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** How long an unpaid order holds its stock. */
  RESERVATION_MINUTES: z.coerce.number().int().min(1).max(1440).default(15),
  /** How long an unanswered payment is left to the request that began it, before the worker asks the provider. */
  PAYMENT_GRACE_SECONDS: z.coerce.number().int().min(1).max(600).default(30),
  ...paymentSettings,
  /** Let webhooks lead to this machine and to private networks: for development, or receivers in your own network. */
  WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false),
  /** How long a worker has for one event before another may take it: longer than any network call it makes. */
  WORKER_LEASE_SECONDS: z.coerce.number().int().min(5).max(600).default(30),
  /** How long word of a new event may be on its way before workers look for the event itself. */
  WORKER_GRACE_SECONDS: z.coerce.number().int().min(0).max(3600).default(10),
  /** How long events stay that every consumer has finished: so far back they can be looked at and replayed. */
  OUTBOX_DAYS: z.coerce.number().int().min(1).max(3650).default(7),
  /** How long it is known of an event which consumer has acted on it: as long as anything carries word of it. */
  INBOX_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  ...transportSettings,
  ...tlsSettings,
  ...observeSettings,
  ...cacheSettings,
  ...searchSettings,
  ...productionSettings,
})

export type Config = Readonly<ReturnType<typeof readConfig>>

export { ConfigError } from './config-error.ts'

/** The environment with what its files hold. */
const settingsIn = (env: Variables): Variables => readEnvironment(env, Object.keys(Environment.shape))

/** What is needed to migrate, and no secrets beside it. Raises {@link ConfigError}. */
export function readDatabase(env: Readonly<Record<string, string | undefined>>) {
  const { DATABASE_URL, DATABASE_OWNER_URL, tls } = parsed(
    Environment.pick({ DATABASE_URL: true, DATABASE_OWNER_URL: true, UNENCRYPTED_HOSTS: true })
      .transform((settings, issues) => ({ ...settings, tls: readTls(settings, issues) }))
      .safeParse(settingsIn(env)),
  )
  const url = withTls(DATABASE_URL, tls.unencryptedHosts)
  const ownerUrl = DATABASE_OWNER_URL === undefined ? url : withTls(DATABASE_OWNER_URL, tls.unencryptedHosts)
  return { url, ownerUrl }
}

/** Reads the settings from an environment. Raises {@link ConfigError}. */
export function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const settings = parsed(
    Environment.transform((settings, issues) => ({
      ...settings,
      mail: readMail(settings, issues),
      payments: readPayments(settings, issues),
      transport: readTransport(settings, issues),
      search: readSearch(settings, issues),
      tls: readTls(settings, issues),
      observe: readObserve(settings, issues),
      cache: readCache(settings, issues),
      retention: readRetention(settings, issues),
    }))
      .superRefine(refuseInProduction)
      .safeParse(settingsIn(env)),
  )
  const publicUrl = settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`
  return {
    environment: settings.NODE_ENV,
    database: {
      url: withTls(settings.DATABASE_URL, settings.tls.unencryptedHosts),
      pool: settings.DATABASE_POOL,
      timeoutMs: settings.DATABASE_TIMEOUT_MS,
      allowSuperuser: settings.DATABASE_ALLOW_SUPERUSER,
    },
    http: {
      host: settings.HOST,
      port: settings.PORT,
      publicUrl,
      corsOrigins: settings.CORS_ORIGINS,
      localhostAllowed: settings.NODE_ENV !== 'production',
      secureCookies: publicUrl.startsWith('https:'),
      sameSite: settings.COOKIE_SAME_SITE,
      mediaDir: settings.MEDIA_DIR,
      ...readHttp(settings),
    },
    secrets: settings.SECRET,
    storefrontUrl: settings.STOREFRONT_URL,
    logLevel: settings.LOG_LEVEL,
    accounts: readAccounts(settings),
    limits: readLimits(settings),
    mail: settings.mail,
    guestCartDays: settings.GUEST_CART_DAYS,
    reservationMinutes: settings.RESERVATION_MINUTES,
    paymentGraceSeconds: settings.PAYMENT_GRACE_SECONDS,
    payments: settings.payments,
    webhooks: { allowPrivate: settings.WEBHOOK_ALLOW_PRIVATE },
    worker: { leaseSeconds: settings.WORKER_LEASE_SECONDS, graceSeconds: settings.WORKER_GRACE_SECONDS },
    retention: settings.retention,
    transport: settings.transport,
    /** Servers elsewhere that are spoken to without TLS, as somebody has decided. */
    unencryptedHosts: settings.tls.unencryptedHosts,
    ...settings.observe,
    cache: settings.cache,
    search: settings.search,
  }
}

function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(lines)
}

function readRetention(
  { OUTBOX_DAYS: outboxDays, INBOX_DAYS: inboxDays }: z.output<typeof Environment>,
  issues: z.RefinementCtx,
) {
  if (inboxDays >= outboxDays) return { outboxDays, inboxDays }
  issues.addIssue({ code: 'custom', path: ['INBOX_DAYS'], message: 'must be at least OUTBOX_DAYS' })
  return z.NEVER
}
