import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Actor } from './actor.ts'
import type { Cache } from './cache/cache.ts'
import type { Changes } from './changes.ts'
import type { Config } from './config.ts'
import type { EventContract } from './event-contract.ts'
import type { PolicyName } from './limits/table.ts'
import { type CallLog, type Log, saying } from './log.ts'
import type { Metrics } from './observe/metrics.ts'
import type { Breaches } from './ports/breaches.ts'
import type { Limits, Standing } from './ports/limits.ts'
import type { Mailer } from './ports/mail.ts'
import type { Outbound } from './ports/outbound.ts'
import type { Passwords } from './ports/passwords.ts'
import type { PaymentProvider } from './ports/payments.ts'
import type { Search } from './ports/search.ts'
import type { Tracing } from './ports/tracing.ts'

/** What a process holds as long as it runs. */
export interface Runtime extends AsyncDisposable {
  readonly config: Config
  readonly log: Logger
  /** For the line of each call, of names and ids alone: nothing is looked for in it, which costs twenty times the line. */
  readonly callLog: CallLog
  readonly orm: MikroORM
  /** Every event the shop publishes. */
  readonly catalogue: readonly EventContract[]
  /** What any process has changed. */
  readonly changes: Changes
  readonly breaches: Breaches
  /** How often who may do what. */
  readonly limits: Limits
  /** Answers that are the same for everybody. */
  readonly cache: Cache
  readonly mail: Mailer
  readonly outbound: Outbound
  readonly passwords: Passwords
  readonly payments: PaymentProvider
  readonly search: Search
  /** What this process counts of itself. */
  readonly metrics: Metrics
  /** Follows calls through the processes they go through. */
  readonly tracing: Tracing
  /** Closes everything, in reverse order of opening. */
  close(): Promise<void>
}

/** How a call hands credentials back to its caller: cookies for a browser, headers for a program. */
export interface Credentials {
  setSession(token: string | null): void
  setGuest(token: string | null): void
}

/** Who is at the other end of the network, as far as it tells; a call in process has none. */
export interface Client {
  /** Their address; see TRUST_PROXY. */
  readonly ip: string
  /** What tells the device apart on which somebody has signed in to this account before; undefined elsewhere. */
  deviceOf(account: string): string | undefined
  /** Has the device remember that it signed in to an account. */
  knowDevice(account: string): void
  /** The policies by which calls of this request are counted already, before their procedures do. */
  readonly counted: PolicyName[]
  /** Tells them where they stand with limits. */
  setStanding(...standings: readonly Standing[]): void
  /** Tells them when to come back. */
  setRetryAfter(seconds: number): void
}

/** What one call to one procedure sees. A batch of calls has one of these for each. */
export interface Context extends Omit<Runtime, 'log'> {
  readonly log: Log
  /** The unit of work of this call; inside a mutation, of its transaction. */
  readonly em: EntityManager
  readonly actor: Actor
  readonly requestId: string
  /** The procedure or consumer at work, for logs and audit rows. */
  readonly action: string
  /** What this call has noted about itself; shared by every copy of its context. */
  readonly marks: object
  /** The caller's Idempotency-Key. */
  readonly idempotencyKey: string | undefined
  readonly credentials: Credentials
  readonly client: Client | null
  /** The address of {@link Client}; null in process. */
  readonly ip: string | null
  /** Whether the next statement is the last of its transaction, which it then commits: see `lastly`. */
  readonly isLast?: boolean | undefined
  /** Whether the transaction is somebody else's, which this work has joined: it is not for it to commit. */
  readonly isJoined?: boolean | undefined
  /** Where a call whose answer is kept notes what that is made of. */
  readonly sources?: Set<string> | undefined
  /** For what is shown, never for what expires: expiry is judged by the database's clock. */
  readonly now: () => Date
}

/** What the transport knows of a call before the runtime and the unit of work join it. */
export interface Call {
  readonly actor: Actor
  readonly requestId: string
  readonly action?: string
  readonly idempotencyKey?: string | undefined
  readonly credentials: Credentials
  readonly client?: Client
  readonly sources?: Set<string>
}

/** A call's context: the runtime, a fresh unit of work, and who calls. */
export const createContext = (runtime: Runtime, call: Call): Context => contextOf(runtime, call, runtime.orm.em.fork())

/** The context of calls of procedures, each of which takes a unit of work of its own when it begins. */
export const contextOfCalls = (runtime: Runtime, call: Call): Context => contextOf(runtime, call, runtime.orm.em)

function contextOf(runtime: Runtime, call: Call, em: EntityManager): Context {
  return {
    ...runtime,
    em,
    log: saying(runtime.log, { requestId: call.requestId }),
    now: () => new Date(),
    actor: call.actor,
    requestId: call.requestId,
    action: call.action ?? 'unnamed',
    marks: {},
    idempotencyKey: call.idempotencyKey,
    credentials: call.credentials,
    client: call.client ?? null,
    ip: call.client?.ip ?? null,
    sources: call.sources,
  }
}

/** The context of work that no caller waits for: a consumer at an event, a schedule. May do everything. */
export const createWorkContext = (runtime: Runtime, name: string, action: string, requestId: string): Context =>
  createContext(runtime, {
    actor: { kind: 'system', name },
    requestId,
    action,
    credentials: { setSession: () => {}, setGuest: () => {} },
  })
