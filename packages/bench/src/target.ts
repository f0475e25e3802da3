import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@barrow/dev/free-port'
import { startProcess } from '@barrow/dev/processes'

/** A process that answers the journeys. */
export interface Target {
  readonly name: string
  readonly url: string
  /** Seconds of processor time it has used since it began. */
  cpu(): Promise<number>
  /** Resident memory in bytes. */
  memory(): Promise<number>
  stop(): Promise<void>
}

interface Start {
  readonly name: string
  readonly program: string
  readonly env: Readonly<Record<string, string>>
  /** Names where it listens in a line it prints. */
  readonly heard: (line: string) => string | undefined
}

async function start({ name, program, env, heard }: Start): Promise<Target> {
  const said: string[] = []
  const { promise: answers, resolve } = Promise.withResolvers<string>()
  const child = startProcess({
    name,
    command: process.execPath,
    args: [program],
    env: { NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env },
    onLine(line) {
      const url = heard(line)
      if (url !== undefined) resolve(url)
      else if (said.push(line) > 100) said.shift()
    },
  })
  const ended = child.ended.then((reason) =>
    Promise.reject(new Error([`${name} ended: ${reason}`, ...said].join('\n'))),
  )
  const url = await Promise.race([answers, ended])
  ended.catch(() => {})
  const { pid = 0 } = child
  return { name, url, cpu: () => cpuOf(pid), memory: () => memoryOf(pid), stop: () => child.stop() }
}

/** The API of a checkout, as production runs it. */
export async function startBarrow(name: string, root: string, env: Readonly<Record<string, string>>): Promise<Target> {
  const port = await freePort(4300)
  const url = `http://127.0.0.1:${port}`
  const program = join(root, 'packages/api/src/main.ts')
  const target = await start({
    ...{ name, program },
    env: { ...env, PORT: String(port), PUBLIC_URL: url, LOG_LEVEL: 'info' },
    heard: (line) => (line.includes('api listening') ? url : undefined),
  })
  for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
    if ((await fetch(`${url}/health/ready`)).ok) return target
    if (Date.now() > deadline) throw new Error(`${name} is not ready`)
  }
}

export const startLimit = (env: Readonly<Record<string, string>>): Promise<Target> =>
  start({
    name: 'the limit',
    program: join(import.meta.dirname, 'limit', 'main.ts'),
    env,
    heard(line) {
      const port = line.match(/^listening on (\d+)$/)?.[1]
      return port === undefined ? undefined : `http://127.0.0.1:${port}`
    },
  })

/** Linux counts in hundredths of a second, user and system apart. */
async function cpuOf(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]) * 1024
}
