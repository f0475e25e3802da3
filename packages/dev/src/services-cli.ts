import { spawn } from 'node:child_process'
import { rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { launch, openInstance, processOf, remove, signal } from './services/instance.ts'
import { recipes, type ServiceName, serviceNames, servicesFolder } from './services.ts'

const usage = `Real Redis, Kafka and OpenSearch on 127.0.0.1, for the tests of what works with them.

  services up [NAME...]        start them (redis, kafka and opensearch when none is named) and wait until each answers
  services env                 print how programs find those that run:  eval "$(services env)"
  services kill NAME           end it at once; what it stored is kept, and \`services up NAME\` brings it back
  services pause|resume NAME   it keeps its connections and answers nothing, and goes on
  services down [NAME...]      end them and delete what they stored

  --home FOLDER   another set of servers, beside the usual one
  --port N        the first free ports from N upwards, for servers that are new
  --while PID     \`up\`: end them and delete what they stored once that process is gone
`

const say = (line: string) => process.stderr.write(`${line}\n`)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { home: { type: 'string' }, port: { type: 'string' }, while: { type: 'string' } },
})
const [verb = '', ...named] = positionals
const unknown = named.find((name) => !isService(name))
const names = named.length === 0 ? serviceNames : named.filter(isService)
const folder = values.home === undefined ? join(servicesFolder, 'shared') : resolve(values.home)
const open = (name: ServiceName) =>
  openInstance(name, recipes[name], join(folder, name), Number(values.port ?? recipes[name].port))

function isService(name: string): name is ServiceName {
  return Object.hasOwn(recipes, name)
}

async function up(): Promise<void> {
  // One after the other: the first start of each fetches what it needs, and ports are given out.
  for (const name of names) {
    try {
      await launch(await open(name), say, 'nobodys')
      say(`${name} answers.`)
    } catch (error) {
      // One that cannot be had keeps no other from starting.
      fail(error)
    }
  }
}

function fail(error: unknown): void {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/**
 * Waits until a process is gone, in `sh`, then does the rest of its arguments. Numbers of processes are given out again,
 * so it looks at when the process began; Linux tells that without `ps`, which slim images lack.
 */
const waiter = `
began() {
  if [ -d /proc/self ]; then sed -n 's/.*) \\([^Z].*\\)/\\1/p' "/proc/$1/stat" | cut -d' ' -f20; else ps -o lstart= -p "$1"; fi
}
pid=$1 since=$(began "$1")
shift
while [ "$since" ] && [ "$(began "$pid")" = "$since" ]; do sleep 1; done
exec "$@"`

/** Leads a session of its own, so that it outlives what it waits for. */
function endWith(pid: string): void {
  const down = [process.execPath, import.meta.filename, 'down', '--home', folder, ...names]
  spawn('sh', ['-c', waiter, 'sh', pid, ...down], { cwd: '/', detached: true, stdio: 'ignore' }).unref()
}

async function printEnv(): Promise<void> {
  for (const name of serviceNames) {
    const home = join(folder, name)
    if ((await processOf({ home })) === undefined) continue
    const { recipe, ports } = await open(name)
    for (const [key, value] of Object.entries(recipe.env(home, ports))) {
      process.stdout.write(`export ${key}='${value.replaceAll("'", `'\\''`)}'\n`)
    }
  }
}

async function run(): Promise<void> {
  if (unknown !== undefined) throw new Error(`There is no server called ${unknown}.`)
  if (values.while !== undefined && !/^\d+$/.test(values.while))
    throw new Error('--while takes the number of a process.')
  const homes = names.map((name) => ({ home: join(folder, name) }))
  const tell = async (what: Parameters<typeof signal>[1]) => {
    for (const home of homes) await signal(home, what)
  }
  switch (verb) {
    case 'up':
      if (values.while !== undefined) endWith(values.while)
      return up()
    case 'env':
      return printEnv()
    case 'kill':
      return tell('SIGKILL')
    case 'pause':
      return tell('SIGSTOP')
    case 'resume':
      return tell('SIGCONT')
    case 'down':
      for (const home of homes) await remove(home)
      // Unless another set of servers lies in it.
      await rmdir(folder).catch(() => {})
      return
    default:
      throw new Error(usage)
  }
}

try {
  await run()
} catch (error) {
  fail(error)
}
