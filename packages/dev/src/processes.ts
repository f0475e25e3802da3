import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchdog } from './watchdog.ts'

export interface ProcessOptions {
  readonly name: string
  /** A real program: the `node` in `node_modules/.bin` is a shell script, so pass `process.execPath`. */
  readonly command: string
  readonly args?: readonly string[]
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Receives each line of standard output and standard error. */
  readonly onLine: (line: string) => void
}

export interface RunningProcess {
  readonly name: string
  readonly pid: number | undefined
  /** How the process ended, in words ('exit code 1', 'SIGKILL', 'spawn x ENOENT'). Never rejects. */
  readonly ended: Promise<string>
  /** SIGTERM to the process and every descendant, SIGKILL after ten seconds; settles when they are gone. */
  stop(): Promise<void>
  /** SIGKILL to the process and every descendant. */
  kill(): void
}

const patience = 10_000
/** Descendants that outlive the process were told at the same time; a dead one nobody collects still counts as there. */
const patienceWithRest = 1_000

/**
 * Starts a program as the leader of a process group, which holds its descendants too. The group ends with this process,
 * however that ends, and descendants end when the program does.
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { name, command, args = [], env, cwd, onLine } = options
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)

  const { pid } = child
  const callOff = pid === undefined ? () => {} : watchdog(-pid, 'TERM', 'KILL')
  let endedAt: number | undefined
  let stopping: Promise<void> | undefined
  const signal = (signal: NodeJS.Signals | 0) => pid !== undefined && signalGroup(pid, signal)

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  }).then((reason) => {
    endedAt = Date.now()
    // Its number may be given to a stranger as soon as the group is empty, so this is the last moment to name it.
    if (!stopping) signal('SIGKILL')
    if (!stopping) callOff()
    return reason
  })

  const stop = async () => {
    if (endedAt !== undefined) return
    signal('SIGTERM')
    const deadline = Date.now() + patience
    while (signal(0) && Date.now() < Math.min(deadline, (endedAt ?? deadline) + patienceWithRest)) await sleep(20)
    signal('SIGKILL')
    callOff()
    await ended
  }
  return {
    name,
    pid,
    ended,
    stop: () => (stopping ??= stop()),
    kill: () => void (endedAt === undefined && signal('SIGKILL')),
  }
}

/** False when nobody is in the group any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch (error) {
    // What Node throws here is always a system call's error. macOS says EPERM of a group that holds only the dead.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
