import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { End } from './lifecycle.ts'

/** How long one that ended waits for its successor: twice as long each time, up to the second. */
const PATIENCE_MS = { first: 200, last: 10_000 }
/** One that ran for so long did not fail at once. */
const WELL_MS = 60_000

interface Crowd {
  readonly count: number
  /** What the n-th is told beside this process's environment. */
  readonly envOf: (n: number) => Record<string, string>
  readonly log: Logger
  readonly ended: Promise<End>
}

/**
 * Runs this program several times, on the same port: connections go to them in turns. One that ends without being told is
 * followed by another, after a while. Told to stop, it tells them, and answers when all have ended: with 1 if one of them
 * failed to. One that ends before any has listened cannot run: all stop, and its status is answered.
 */
export async function runSeveral({ count, envOf, log, ended }: Crowd): Promise<number> {
  const { promise: over, resolve } = Promise.withResolvers<number>()
  let stopping = false
  let listened = false
  let status = 0
  const living = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

  function start(n: number, failures: number): void {
    if (stopping) return
    const began = performance.now()
    const worker = cluster.fork(envOf(n))
    worker.once('listening', () => {
      listened = true
    })
    worker.on('message', (message: unknown) => passOn(worker, message, living()))
    worker.once('exit', (code, signal) => {
      const process = { n, pid: worker.process.pid, code, signal }
      if (!stopping && listened) {
        const before = performance.now() - began > WELL_MS ? 0 : failures
        log.error({ ...process, failures: before + 1 }, 'a process ended, another takes its place')
        const patience = Math.min(PATIENCE_MS.first * 2 ** before, PATIENCE_MS.last)
        void sleep(patience, undefined, { ref: false }).then(() => start(n, before + 1))
        return
      }
      if (code !== 0) status = code ?? 1
      stop()
      if (living().length === 0) resolve(status)
    })
  }

  function stop(): void {
    if (stopping) return
    stopping = true
    for (const worker of living()) worker.send(STOP)
    if (living().length === 0) resolve(status)
  }

  for (let n = 0; n < count; n += 1) start(n, 0)
  void ended.then(stop)
  return over
}

/** What one process tells all others. */
export interface Word {
  readonly toOthers: unknown
}

const isWord = (message: unknown): message is Word =>
  typeof message === 'object' && message !== null && 'toOthers' in message

function passOn(from: Worker, message: unknown, all: readonly Worker[]): void {
  if (!isWord(message)) return
  for (const worker of all) if (worker !== from && worker.isConnected()) worker.send(message)
}

const STOP = 'stop'

/** Whether this process is one of several. */
export const isOneOfSeveral = (): boolean => cluster.isWorker

/** Calls back when whoever runs several processes tells this one to stop. */
export const onceToldToStop = (stop: () => void): void => {
  if (cluster.isWorker) process.on('message', (message) => message === STOP && stop())
}

/** What processes that are run together tell each other. */
export interface Others {
  tell(word: unknown): void
  /** Answers how to listen no more. */
  hear(listener: (word: unknown) => void): () => void
}

/** The other processes that are run together with this one; undefined where it runs alone. */
export function others(): Others | undefined {
  if (!cluster.isWorker) return undefined
  return {
    tell: (word) => void (process.connected && process.send?.({ toOthers: word } satisfies Word)),
    hear(listener) {
      const hear = (message: unknown) => isWord(message) && listener(message.toOthers)
      process.on('message', hear)
      return () => void process.off('message', hear)
    },
  }
}
