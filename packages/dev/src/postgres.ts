import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { type Cluster, openCluster, superuser } from './postgres/cluster.ts'
import { type Postmaster, postmasterOf, removeStaleLock, stopPostmaster } from './postgres/postmaster.ts'
import { launch, type Server, StartError } from './postgres/server.ts'
import { commandOf } from './process-command.ts'

export { removeCluster as removePostgres } from './postgres/cluster.ts'

export interface PostgresOptions {
  /** Folder of this server, created when missing. Files of PostgreSQL, password and log lie in it. */
  readonly dataDir: string
  /** The port to take when it is free, else the next free one; 0 for any. 5432 when left out. */
  readonly port?: number
  /** False gives up what protects data from a crash of the machine, for speed: for tests. */
  readonly durable: boolean
  /** Settings of PostgreSQL's own, `name=value`, for a server that is started. */
  readonly settings?: readonly string[]
  /** Receives sentences for a person who waits or wonders. What PostgreSQL says goes to the folder's `log`. */
  readonly log?: (line: string) => void
}

export interface Postgres extends AsyncDisposable {
  readonly port: number
  /** The port asked for; another than `port` when it was taken. */
  readonly wantedPort: number
  readonly pid: number
  /** False when another living process started this server: it is shared, and `stop` leaves it running. */
  readonly started: boolean
  /** A superuser's connection URL. */
  url(database?: string): string
  /** Ends all connections, writes everything out and waits until the server is gone. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on 127.0.0.1 with the data in `dataDir`; it ends with this process, however that ends. A server
 * that already runs there is shared if the process that started it lives, else it is stopped and started anew. Throws
 * what PostgreSQL said when it does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port: wantedPort = 5432, durable, settings = [], log = () => {} } = options
  const cluster = await openCluster(resolve(options.dataDir), { durable, log })

  for (const deadline = Date.now() + 120_000; ; await sleep(50)) {
    const running = await postmasterOf(cluster.data)
    if (running?.ready && (await hasOwner(running))) {
      return handle(cluster, wantedPort, running, { started: false, stop: async () => {} })
    }
    if (running && !(await hasOwner(running))) {
      log(`Stopping the PostgreSQL that process ${running.owner} left behind …`)
      await stopPostmaster(cluster.data, 'fast')
    }
    const server = running ? undefined : await tryLaunch(cluster, wantedPort, { durable, settings })
    if (server) {
      if (wantedPort !== 0 && server.port !== wantedPort)
        log(`Port ${wantedPort} is taken; PostgreSQL uses ${server.port}.`)
      return handle(cluster, wantedPort, server, { started: true, stop: server.stop })
    }
    if (Date.now() > deadline) throw new Error(`PostgreSQL on ${cluster.data} is not ready after two minutes.`)
  }
}

/** Undefined when another process was faster; then the next look finds its server, or another port. */
async function tryLaunch(
  cluster: Cluster,
  wantedPort: number,
  options: Required<Pick<PostgresOptions, 'durable' | 'settings'>>,
): Promise<Server | undefined> {
  await removeStaleLock(cluster.data)
  try {
    return await launch(cluster, await freePort(wantedPort), options)
  } catch (error) {
    if (error instanceof StartError && error.isPassing) return undefined
    throw error
  }
}

/** A server without a known owner was started by somebody by hand: it is theirs to stop. */
async function hasOwner({ owner }: Postmaster): Promise<boolean> {
  return owner === undefined || commandOf(owner) !== undefined
}

function handle(
  { password }: Cluster,
  wantedPort: number,
  { pid, port }: { pid: number; port: number },
  { started, stop }: { started: boolean; stop: () => Promise<void> },
): Postgres {
  const url = (database = 'postgres') => `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`
  return { pid, port, wantedPort, started, url, stop, [Symbol.asyncDispose]: stop }
}
