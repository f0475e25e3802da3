import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fchownSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchdog } from '../watchdog.ts'
import { type Cluster, postgresEnv } from './cluster.ts'
import { ownerFlag, postmasterOf } from './postmaster.ts'

/** A server that this process started. */
export interface Server {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', 'timezone=UTC']
const undurable = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Starts the server and waits until it takes connections. Throws `StartError` when it ends before that. */
export async function launch(
  cluster: Cluster,
  port: number,
  { durable, settings: more = [] }: { readonly durable: boolean; readonly settings?: readonly string[] },
): Promise<Server> {
  const { account, data, home } = cluster
  const [command = '', ...args] = [
    ...account.prefix,
    ...[join(account.bin, 'postgres'), '-D', data, '-p', String(port), ownerFlag(process.pid)],
    ...[...settings, ...(durable ? [] : undurable), ...more].flatMap((setting) => ['-c', setting]),
  ]
  // A file, not a pipe: a busy or stopped reader would hold up every query that logs a line.
  const log = openSync(join(home, 'log'), 'w', 0o600)
  if (account.user) fchownSync(log, account.user.uid, account.user.gid)
  const child = spawn(command, args, {
    cwd: '/',
    env: postgresEnv(),
    stdio: ['ignore', log, log],
    // A session of its own: Ctrl-C must reach the programs that use the database first.
    detached: true,
    ...account.user,
  })
  closeSync(log)
  const ended = once(child, 'exit')
  const { pid } = child
  if (pid === undefined) throw new StartError(await ended.then(String, String))

  const callOff = watchdog(pid, durable ? 'INT' : 'QUIT')
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  child.once('exit', callOff)

  for (let ready = false; !ready; await sleep(10)) {
    if (hasEnded()) throw new StartError(await readFile(join(home, 'log'), 'utf8'))
    const running = await postmasterOf(data)
    ready = running?.pid === pid && running.ready
  }
  child.unref()
  const stop = async () => {
    if (hasEnded()) return
    child.ref()
    child.kill('SIGINT')
    await ended
  }
  return { pid, port, stop }
}

/** PostgreSQL ended while it started; the message is what it said. */
export class StartError extends Error {
  /** Another took the port or the folder first, or the last processes of a killed server are still ending. */
  get isPassing(): boolean {
    return /could not create any TCP\/IP sockets|lock file ".*" already exists|shared memory block/.test(this.message)
  }
}
