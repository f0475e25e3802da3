import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@barrow/worker/migrate'
import pg from 'pg'
import { ensureDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { type Postgres, removePostgres, startPostgres } from '../postgres.ts'
import { type Service, startService } from '../services.ts'
import type { Command as PaymentCommand } from '../stripe/control.ts'
import { watchdog } from '../watchdog.ts'
import { type Member, startMember } from './member.ts'
import { openWay, type Way } from './way.ts'

export const transports = ['postgres', 'redis', 'kafka'] as const
export type TransportName = (typeof transports)[number]

export interface StageOptions {
  readonly transport: TransportName
  readonly seed: number
  readonly workers: number
  /** Where everything of this run lies: data, logs, ledgers. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
}

/** A shop of real processes and real servers, each of which can be struck. */
export interface Stage extends AsyncDisposable {
  readonly transport: TransportName
  readonly folder: string
  readonly url: string
  /** What a process of this shop is started with, on a way to the database on which nothing goes wrong. */
  readonly env: Readonly<Record<string, string>>
  readonly api: Member
  readonly workers: readonly Member[]
  /** The ways to the database: the API's, and that of all workers. */
  readonly ways: { readonly api: Way; readonly worker: Way }
  readonly postgres: { kill(): Promise<void>; up(): Promise<void> }
  readonly carrier: Service | undefined
  readonly payments: { readonly ledgerFile: string; tell(command: PaymentCommand): Promise<void> }
  readonly mail: { readonly ledgerFile: string; tell(command: object): Promise<void> }
  /** Asks the database itself, past everything that goes wrong. */
  sql<Row extends object>(query: string, params?: unknown[]): Promise<Row[]>
  /** Another worker, on the undisturbed way. */
  hire(env?: Readonly<Record<string, string>>): Promise<Member>
}

const packages = join(import.meta.dirname, '..', '..', '..')
const programs = {
  api: join(packages, 'api', 'src', 'main.ts'),
  worker: join(packages, 'worker', 'src', 'main.ts'),
  cli: join(packages, 'cli', 'src', 'main.ts'),
  payments: join(import.meta.dirname, '..', 'stripe', 'main.ts'),
  mail: join(import.meta.dirname, '..', 'smtp', 'main.ts'),
}
const webhookSecret = 'whsec_chaos'

export async function openStage({ transport, seed, workers, folder, env: more = {} }: StageOptions): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  await mkdir(folder, { recursive: true })
  const dataDir = join(folder, 'postgres')
  let server: Postgres = await startPostgres({ dataDir, port: randomInt(20_000, 30_000), durable: true })
  stack.defer(() => removePostgres(dataDir))
  const { port } = server
  const url = server.url('shop')
  await ensureDatabase(url)
  await migrate(url)
  const pool = stack.adopt(new pg.Pool({ connectionString: url, max: 4 }), (pool) => pool.end())
  // A connection that breaks between two questions: the next question opens another.
  pool.on('error', () => {})

  const carrier = transport === 'postgres' ? undefined : stack.use(await startService(transport))
  const apiPort = await freePort(randomInt(30_000, 32_000))
  const payments = stack.use(
    await launch<{ url: string; secretKey: string }>(programs.payments, [
      ...['--seed', String(seed), '--search-lag', '5', '--ledger', join(folder, 'payments.jsonl')],
      ...['--webhook-url', `http://127.0.0.1:${apiPort}/payments/webhook`, '--webhook-secret', webhookSecret],
    ]),
  )
  const mail = stack.use(
    await launch<{ url: string; control: string }>(programs.mail, ['--ledger', join(folder, 'mail.jsonl')]),
  )

  const ways = { api: stack.use(await openWay(port)), worker: stack.use(await openWay(port)) }
  const by = (way: number) => ({ DATABASE_URL: url.replace(`:${port}/`, `:${way}/`) })
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: url,
    PORT: String(apiPort),
    SECRET: 'a-secret-for-chaos-only-0123456789abcdef',
    LOG_LEVEL: 'warn',
    SMTP_URL: mail.said.url,
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: payments.said.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: payments.said.url,
    RESERVATION_MINUTES: '1',
    PAYMENT_GRACE_SECONDS: '3',
    WORKER_LEASE_SECONDS: '10',
    WORKER_GRACE_SECONDS: '3',
    TRANSPORT: transport,
    // All buyers call from one address, and what is struck is slow: neither is what is tried here.
    LIMITS_SCALE: '1000000',
    HTTP_MAX_LAG_MS: '600000',
    // They are started hundreds of times.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...carrier?.env,
    ...more,
  }
  if (transport === 'kafka') await run(programs.cli, ['transport', 'init'], env)
  const log = (name: string) => join(folder, `${name}.log`)
  const api = stack.use(
    await startMember({
      name: 'api',
      file: programs.api,
      env: { ...env, ...by(ways.api.port) },
      log: log('api'),
      ready: `http://127.0.0.1:${apiPort}/health/ready`,
    }),
  )
  const hired: Member[] = []
  for (let number = 1; number <= workers; number += 1) {
    const name = `worker-${number}`
    const file = programs.worker
    hired.push(stack.use(await startMember({ name, file, env: { ...env, ...by(ways.worker.port) }, log: log(name) })))
  }
  const kept = stack.move()
  return {
    transport,
    folder,
    url: `http://127.0.0.1:${apiPort}`,
    env,
    api,
    workers: hired,
    ways,
    carrier,
    postgres: {
      async kill() {
        process.kill(server.pid, 'SIGKILL')
        await ended(server.pid)
      },
      async up() {
        server = await startPostgres({ dataDir, port, durable: true })
      },
    },
    payments: {
      ledgerFile: join(folder, 'payments.jsonl'),
      tell: (command) => post(`${payments.said.url}/_control`, command),
    },
    mail: { ledgerFile: join(folder, 'mail.jsonl'), tell: (command) => post(mail.said.control, command) },
    async sql(query, params = []) {
      for (let tries = 1; ; tries += 1) {
        try {
          return (await pool.query(query, params)).rows
        } catch (error) {
          // The server was killed under it; the tests' own questions change nothing and may be asked again.
          if (tries === 20 || (error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? ''))) throw error
          await sleep(500)
        }
      }
    },
    async hire(own = {}) {
      return kept.use(
        await startMember({ name: 'hired', file: programs.worker, env: { ...env, ...own }, log: log('hired') }),
      )
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function ended(pid: number): Promise<void> {
  for (let alive = true; alive; await sleep(10)) {
    try {
      process.kill(pid, 0)
    } catch {
      alive = false
    }
  }
}

/** Starts a server whose first line says where it is. It ends with this process. */
async function launch<Said>(file: string, args: readonly string[]): Promise<AsyncDisposable & { said: Said }> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  if (child.pid !== undefined) child.once('exit', watchdog(child.pid, 'KILL'))
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    gone.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))),
  ])
  return {
    // These programs are part of this package; what their first line says stands at their head.
    said: JSON.parse(String(line)) as Said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`)
}

async function post(url: string, command: object): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(command) })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${JSON.stringify(command)} was not understood: ${answer.status}`)
}
