import { type ProcessOptions, type RunningProcess, startProcess } from './processes.ts'
import { whenScriptRunnerEnds } from './script-runner.ts'

export interface Member {
  /** Stops the process and starts it anew; calls made meanwhile are one more restart together. */
  restart(): Promise<void>
}

export interface ProcessGroup extends AsyncDisposable {
  start(options: Omit<ProcessOptions, 'onLine'>): Member
  /** Settles when every process has been stopped, by Ctrl-C or by `stop`. */
  readonly stopped: Promise<void>
  stop(): Promise<void>
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** One Ctrl-C may arrive more than once: a terminal sends it to all, and what runs the script may pass it on. */
const sameKeypress = 500

/**
 * Several processes that print together and stop together: on Ctrl-C with patience, on a second Ctrl-C at once. A
 * process that ends by itself is reported and stays down until it is restarted.
 */
export function processGroup({ print }: { print: (line: string) => void }): ProcessGroup {
  const members: ReturnType<typeof startMember>[] = []
  const { promise: stopped, resolve } = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined
  let interruptedAt: number | undefined

  const interrupt = () => {
    if (interruptedAt === undefined) {
      interruptedAt = Date.now()
      print('Stopping … (Ctrl-C again to kill)')
      void stop()
    } else if (Date.now() - interruptedAt > sameKeypress) {
      for (const member of members) member.kill()
    }
  }
  for (const signal of signals) process.on(signal, interrupt)
  const callOff = whenScriptRunnerEnds(interrupt)

  const stop = () => {
    stopping ??= Promise.all(members.map((member) => member.stop())).then(() => {
      for (const signal of signals) process.off(signal, interrupt)
      callOff()
      resolve()
    })
    return stopping
  }
  const start = (options: Omit<ProcessOptions, 'onLine'>) => {
    if (stopping) throw new Error(`${options.name} cannot start: its group is stopping.`)
    const onLine = (line: string) => print(`${options.name.padEnd(6)} | ${line}`)
    const member = startMember({ ...options, onLine })
    members.push(member)
    return member
  }
  return { start, stop, stopped, [Symbol.asyncDispose]: stop }
}

function startMember(options: ProcessOptions) {
  let closed = false
  let restarting = false
  let current = launch()
  let waiting: Promise<void> | undefined
  let last = Promise.resolve()

  function launch(): RunningProcess {
    const launched = startProcess(options)
    void launched.ended.then((reason) => {
      if (!restarting && !closed) options.onLine(`ended by itself (${reason}); it starts again with the next change`)
    })
    return launched
  }
  return {
    restart() {
      waiting ??= last = last.then(async () => {
        waiting = undefined
        restarting = true
        await current.stop()
        restarting = false
        if (!closed) current = launch()
      })
      return waiting
    },
    async stop() {
      closed = true
      await Promise.all([current.stop(), last])
      await current.stop()
    },
    kill: () => current.kill(),
  }
}
