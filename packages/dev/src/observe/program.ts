import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const packages = join(import.meta.dirname, '..', '..', '..')

/** A process of the shop, as it is run, and what it writes. */
export interface Program extends AsyncDisposable {
  readonly process: ChildProcess
  /** Everything it wrote, line by line. */
  readonly lines: readonly string[]
  /** Waits for its first line with this message, and answers that line. */
  said(message: string): Promise<Record<string, unknown>>
  /** Sends a signal and waits for its end; answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export function startProgram(name: 'api' | 'worker', env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [join(packages, name, 'src/main.ts')], {
    env: { PATH: process.env.PATH, PORT: '0', ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const lines: string[] = []
  const waiting: { message: string; answer: (line: Record<string, unknown>) => void }[] = []
  const hear = (line: string) => {
    lines.push(line)
    for (const { message, answer } of waiting) {
      if (line.includes(`"msg":${JSON.stringify(message)}`)) answer(JSON.parse(line))
    }
  }
  for (const output of [child.stdout, child.stderr]) createInterface(output).on('line', hear)
  const stop: Program['stop'] = async (signal = 'SIGTERM') => {
    child.kill(signal)
    const [code] = await ended
    return code
  }
  return {
    process: child,
    lines,
    said: (message) =>
      new Promise((answer, failed) => {
        const before = lines.find((line) => line.includes(`"msg":${JSON.stringify(message)}`))
        if (before !== undefined) return answer(JSON.parse(before))
        waiting.push({ message, answer })
        void ended.then(() => failed(new Error(`${name} ended without saying '${message}':\n${lines.join('\n')}`)))
      }),
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
    },
  }
}
