import { randomBytes, randomInt } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commandOf } from './process-command.ts'
import { type Instance, launch, openInstance, remove, signal } from './services/instance.ts'
import { kafka } from './services/kafka.ts'
import { opensearch } from './services/opensearch.ts'
import { redis } from './services/redis.ts'

/** The servers that Barrow can work with and does not bring along, for tests of what it does with them. */
export const recipes = { redis, kafka, opensearch }
export type ServiceName = keyof typeof recipes
export const serviceNames = Object.keys(recipes) as ServiceName[]

/** Where servers keep what they store, in the checkout. */
export const servicesFolder = join(import.meta.dirname, '..', '..', '..', '.barrow', 'services')

export interface Service<Name extends ServiceName = ServiceName> extends AsyncDisposable {
  readonly name: Name
  /** How programs find it: `REDIS_URL`, `KAFKA_BROKERS`, `OPENSEARCH_URL` and what belongs to them. */
  readonly env: ReturnType<(typeof recipes)[Name]['env']>
  /** SIGKILL: it is gone at once, and what it stored is kept. */
  kill(): Promise<void>
  /** Takes away what it stored as well. */
  wipe(): Promise<void>
  /** Starts it again on the same ports, after a kill, and waits until it answers. */
  up(): Promise<void>
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a real server on 127.0.0.1 that nobody else uses, and waits until it answers. It ends with this process,
 * however that ends; its files go with `stop`, or with the next start of another after this process was killed. Throws
 * when the machine lacks what the server needs (Java and Maven; for Redis root, to install it), or what the server said
 * when it ends.
 */
export async function startService<Name extends ServiceName>(name: Name): Promise<Service<Name>> {
  await removeLeftovers()
  const folder = join(servicesFolder, `${process.pid}-${randomBytes(4).toString('hex')}`)
  // Below the ports that the system gives to whoever connects: a client that keeps on trying a port of a server that is
  // down would sooner or later be given that port itself, and the server could not come back.
  const instance = await openInstance(name, recipes[name], join(folder, name), randomInt(20_000, 30_000))
  await launch(instance, () => {}, 'ours')
  const stop = async () => {
    await remove(instance)
    await rm(folder, { recursive: true, force: true })
  }
  return {
    name,
    // A recipe's env has the same shape whatever the folder and the ports.
    env: recipes[name].env(instance.home, instance.ports) as Service<Name>['env'],
    kill: () => signal(instance, 'SIGKILL'),
    wipe: () => wipe(instance),
    up: () => launch(instance, () => {}, 'ours'),
    pause: () => signal(instance, 'SIGSTOP'),
    resume: () => signal(instance, 'SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function wipe(instance: Instance): Promise<void> {
  await signal(instance, 'SIGKILL')
  await rm(join(instance.home, 'data'), { recursive: true, force: true })
}

async function removeLeftovers(): Promise<void> {
  await mkdir(servicesFolder, { recursive: true })
  for (const folder of await readdir(servicesFolder)) {
    const [, pid] = folder.match(/^(\d+)-/) ?? []
    if (!pid || commandOf(Number(pid))) continue
    for (const name of await readdir(join(servicesFolder, folder)).catch(() => [])) {
      await remove({ home: join(servicesFolder, folder, name) })
    }
    await rm(join(servicesFolder, folder), { recursive: true, force: true })
  }
}
