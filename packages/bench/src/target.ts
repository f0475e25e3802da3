import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '@barrow/dev/free-port'
import { startProcess } from '@barrow/dev/processes'
import { cpuOf, memoryOf } from './process-usage.ts'

export type Env = Readonly<Record<string, string>>

/** A process that answers the journeys. */
export interface Target {
  readonly name: string
  readonly pid: number
  readonly url: string
  /** On the clock of `performance.now()`. */
  readonly startedAt: number
  /** Seconds of processor time that it and the processes it began have used. */
  cpu(): Promise<number>
  /** Resident memory of them in bytes. */
  memory(): Promise<number>
  stop(): Promise<void>
}

export const root = join(import.meta.dirname, '..', '..', '..')
const logs = join(root, '.barrow', 'bench', 'logs')
/** As the images start their programs. */
const flags = ['--disable-proto=delete', '--unhandled-rejections=strict', '--max-old-space-size-percentage=60']

interface Start {
  readonly name: string
  readonly command: readonly string[]
  readonly env: Env
  /** Answers with a good status once it is ready; nobody waits for it when left out. */
  readonly ready?: string
}

let started = 0

/** What it says goes to a file, as it would in production: whoever measures does not read along. */
async function start({ name, command, env, ready }: Start): Promise<Target> {
  await mkdir(logs, { recursive: true })
  const log = join(logs, `${name.replaceAll(' ', '-')}-${process.pid}-${started++}.log`)
  const port = await freePort(4300 + started * 10)
  const url = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const child = startProcess({
    name,
    command: '/bin/sh',
    args: ['-c', 'exec "$@" >"$LOG" 2>&1', 'sh', process.execPath, ...command],
    env: { NODE_ENV: 'production', LOG_LEVEL: 'info', ...env, PORT: String(port), PUBLIC_URL: url, LOG: log },
    onLine: () => {},
  })
  let ended: string | undefined
  void child.ended.then((reason) => {
    ended = reason
  })
  for (const deadline = Date.now() + 60_000; ready !== undefined; await sleep(20)) {
    if (ended !== undefined) throw new Error(`${name} ended: ${ended}\n${(await readFile(log, 'utf8')).slice(-5_000)}`)
    if (await isGood(`${url}${ready}`)) break
    if (Date.now() > deadline) throw new Error(`${name} is not ready: see ${log}`)
  }
  const { pid = 0 } = child
  return { name, pid, url, startedAt, cpu: () => cpuOf(pid), memory: () => memoryOf(pid), stop: () => child.stop() }
}

const isGood = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

const bundled = new Map<string, Promise<unknown>>()

/** Writes a program of a checkout as its image holds it, once. Answers the folder that it is in. */
async function bundle(checkout: string, program: 'api' | 'worker'): Promise<string> {
  const folder = join(checkout, '.barrow', 'bench', 'dist', program)
  // Bundled by that checkout, whatever is in this one.
  const by = JSON.stringify(pathToFileURL(join(checkout, 'packages/dev/src/bundling/bundle.ts')).href)
  const code = `const { bundle } = await import(${by}); await bundle('${program}', ${JSON.stringify(folder)})`
  const written = bundled.get(folder) ?? promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  bundled.set(folder, written)
  await written
  return folder
}

/** How a program of a checkout is started in production. */
const programOf = async (checkout: string, program: 'api' | 'worker'): Promise<string[]> => [
  ...flags,
  join(await bundle(checkout, program), 'main.mjs'),
]

/** The API of a checkout, as production runs it. */
export const startBarrow = async (name: string, checkout: string, env: Env): Promise<Target> =>
  start({ name, command: await programOf(checkout, 'api'), env, ready: '/health/ready' })

/** A program as production runs it, without waiting for it. */
export const startProgram = async (program: 'api' | 'worker', checkout: string, env: Env): Promise<Target> =>
  start({ name: program, command: await programOf(checkout, program), env })

export const startLimit = (env: Env): Promise<Target> =>
  start({ name: 'the limit', command: [join(import.meta.dirname, 'limit', 'main.ts')], env, ready: '/health/ready' })

/** A bare server that answers each procedure with a constant. */
export const startConstant = (answers: Readonly<Record<string, string>>): Promise<Target> =>
  start({
    name: 'a constant',
    command: [join(import.meta.dirname, 'limit', 'constant.ts')],
    env: { ANSWERS: JSON.stringify(answers) },
    ready: '/health/ready',
  })
