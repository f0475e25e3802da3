import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningProcess, startProcess } from '../processes.ts'

export interface MemberOptions {
  readonly name: string
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** What it says is added to this file. */
  readonly log: string
  /** Where it answers once it is ready; it counts as ready at once when left out. */
  readonly ready?: string
}

/** A process of the shop that can be killed and comes back. */
export interface Member extends AsyncDisposable {
  readonly name: string
  readonly pid: number
  /** How often it ended without having been told to. */
  readonly ownEnds: readonly string[]
  /** SIGKILL; returns when it is gone. */
  kill(): Promise<void>
  /** Starts it again unless it runs, and waits until it is ready. */
  up(): Promise<void>
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const PATIENCE_MS = 60_000

export async function startMember({ name, file, env, log, ready }: MemberOptions): Promise<Member> {
  const output = createWriteStream(log, { flags: 'a' })
  const ownEnds: string[] = []
  let running: RunningProcess | undefined

  function launch(): RunningProcess {
    const process_ = startProcess({
      name,
      command: process.execPath,
      args: [file],
      env,
      onLine: (line) => void (output.writable && output.write(`${line}\n`)),
    })
    void process_.ended.then((reason) => {
      if (running === process_) {
        running = undefined
        // SIGKILL is what it is killed with at a message boundary, too.
        if (reason !== 'SIGKILL') ownEnds.push(reason)
      }
    })
    return process_
  }
  async function up(): Promise<void> {
    running ??= launch()
    for (const deadline = Date.now() + PATIENCE_MS; ready !== undefined; await sleep(50)) {
      const answer = await fetch(ready, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
      await answer?.arrayBuffer().catch(() => undefined)
      if (answer?.ok) return
      if (Date.now() > deadline) throw new Error(`${name} is not ready after a minute: see ${log}`)
      running ??= launch()
    }
  }
  async function end(how: 'kill' | 'stop'): Promise<void> {
    const ending = running
    running = undefined
    if (how === 'kill') ending?.kill()
    else await ending?.stop()
    await ending?.ended
  }
  const signal = (what: NodeJS.Signals) => running?.pid !== undefined && void process.kill(running.pid, what)

  const member: Member = {
    name,
    get pid() {
      return running?.pid ?? 0
    },
    ownEnds,
    kill: () => end('kill'),
    up,
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    stop: () => end('stop'),
    async [Symbol.asyncDispose]() {
      signal('SIGCONT')
      await end('stop')
      await new Promise<void>((ended) => output.end(() => ended()))
    },
  }
  await up()
  return member
}
