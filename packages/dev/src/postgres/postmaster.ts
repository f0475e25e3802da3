import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf } from '../process-command.ts'

/** A living server of a data folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** The process that started it; absent when it was started by other means than `startPostgres`. */
  readonly owner: number | undefined
  readonly ready: boolean
}

/** The server's command line names its owner, so that both are known in the same instant. */
export const ownerFlag = (pid: number) => `--barrow.owner=${pid}`

/** The server that runs on `data` now, or undefined; a `postmaster.pid` left by a killed server does not count. */
export async function postmasterOf(data: string): Promise<Postmaster | undefined> {
  const lock = await readLock(data)
  if (!lock) return undefined
  const command = `${commandOf(lock.pid)} `
  if (!command.includes(` -D ${data} `)) return undefined
  const owner = command.match(/ --barrow\.owner=(\d+) /)?.[1]
  return { ...lock, owner: owner === undefined ? undefined : Number(owner) }
}

/**
 * Removes a `postmaster.pid` whose number now belongs to a stranger: PostgreSQL would take the stranger for itself and
 * refuse to start. Any process of a killed server that still lives is found by PostgreSQL through its shared memory.
 */
export async function removeStaleLock(data: string): Promise<void> {
  const lock = await readLock(data)
  if (!lock || commandOf(lock.pid)?.includes('postgres')) return
  await rm(join(data, 'postmaster.pid'), { force: true })
}

/** Stops a server fast, or at once without a checkpoint, and waits until it is gone. Throws after a minute. */
export async function stopPostmaster(data: string, mode: 'fast' | 'immediate'): Promise<void> {
  const deadline = Date.now() + 60_000
  for (let signalled: number | undefined; ; await sleep(20)) {
    const running = await postmasterOf(data)
    if (!running) return
    if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${running.pid}) on ${data} does not stop.`)
    if (running.pid === signalled) continue
    signalled = running.pid
    signal(running.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  }
}

async function readLock(data: string): Promise<Omit<Postmaster, 'owner'> | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  // Line by line: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const [pid, , , port, , , , status] = text.split('\n')
  if (!pid) return undefined
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It may have ended by itself a moment ago. What Node throws here is always a system call's error.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
