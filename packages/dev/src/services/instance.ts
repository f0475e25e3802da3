import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { commandOf } from '../process-command.ts'
import { watchdog } from '../watchdog.ts'
import type { Recipe } from './recipe.ts'

/** A server with a folder and ports of its own, running or not. */
export interface Instance {
  readonly name: string
  readonly recipe: Recipe
  readonly home: string
  readonly ports: readonly number[]
}

const patience = 120_000

/** The instance that lives in `home`; a new one takes the first free ports from `port` upwards. */
export async function openInstance(name: string, recipe: Recipe, home: string, port: number): Promise<Instance> {
  await mkdir(home, { recursive: true })
  const file = join(home, 'ports.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  // Only this file writes it.
  if (kept !== undefined) return { name, recipe, home, ports: JSON.parse(kept) as number[] }
  const ports: number[] = []
  while (ports.length < recipe.ports) ports.push(await freePort((ports.at(-1) ?? port - 1) + 1))
  await writeFile(file, JSON.stringify(ports))
  return { name, recipe, home, ports }
}

/** The server's process, or undefined when it does not run. */
export async function processOf({ home }: Pick<Instance, 'home'>): Promise<number | undefined> {
  const pid = Number(await readFile(join(home, 'pid'), 'utf8').catch(() => ''))
  if (!pid) return undefined
  // The number of a dead server may belong to a stranger by now; every server's arguments name its folder.
  return commandOf(pid)?.includes(home) ? pid : undefined
}

/** Starts the server on its ports and what it has stored, unless it runs, and waits until it answers. Throws what it said when it ends. */
export async function launch(
  instance: Instance,
  log: (line: string) => void,
  whose: 'ours' | 'nobodys',
): Promise<void> {
  if ((await processOf(instance)) === undefined) await start(instance, log, whose)
  for (const deadline = Date.now() + patience; ; await sleep(50)) {
    if (await instance.recipe.answers(instance.home, instance.ports)) return
    if ((await processOf(instance)) === undefined)
      throw new Error(`${instance.name} ended:\n${await lastWords(instance)}`)
    if (Date.now() > deadline) throw new Error(`${instance.name} did not answer:\n${await lastWords(instance)}`)
  }
}

/** A server that is ours ends with this process, however that ends; nobody's runs until it is told to stop. */
async function start({ recipe, home, ports }: Instance, log: (line: string) => void, whose: 'ours' | 'nobodys') {
  await recipe.prepare(home, ports, log)
  const [command, ...args] = await recipe.command(home, ports)
  const output = openSync(join(home, 'log'), 'w')
  const child = spawn(command, args, { cwd: home, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  await once(child, 'spawn')
  await writeFile(join(home, 'pid'), String(child.pid))
  child.unref()
  if (whose === 'ours' && child.pid !== undefined) child.once('exit', watchdog(child.pid, 'KILL'))
}

async function lastWords({ home }: Instance): Promise<string> {
  const said = await readFile(join(home, 'log'), 'utf8').catch(() => '')
  return said.split('\n').slice(-20).join('\n')
}

/** Sends the server a signal. Returns when it is gone, if that is what the signal does. */
export async function signal(instance: Pick<Instance, 'home'>, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const pid = await processOf(instance)
  if (pid === undefined) return
  process.kill(pid, name)
  while (name === 'SIGKILL' && (await processOf(instance)) !== undefined) await sleep(10)
}

/** Ends the server at once and deletes what it stored. */
export async function remove(instance: Pick<Instance, 'home'>): Promise<void> {
  await signal(instance, 'SIGKILL')
  await rm(instance.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
