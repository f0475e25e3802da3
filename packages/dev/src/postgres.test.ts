import { execFile, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { removePostgres, startPostgres } from './postgres.ts'
import { commandOf } from './process-command.ts'
import { type Program, runProgram } from './test-programs/program.ts'

const run = promisify(execFile)
const patient = { timeout: 30_000, interval: 20 }

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'barrow-test-'))
  dataDir = join(folder, 'postgres')
})
afterEach(async () => {
  await removePostgres(dataDir)
  await rm(folder, { recursive: true, force: true })
})

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' })
  await client.end()
  return rows
}

interface Held {
  pid: number
  started: boolean
  said: string[]
  url: string
}
const held = async (program: Program): Promise<Held> => JSON.parse(await program.first)
const gone = (pid: number) => vi.waitFor(() => expect(commandOf(pid)).toBeUndefined(), patient)

it('a new folder becomes a server with the same text rules on every machine', async () => {
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
  const rows = await query(
    postgres.url(),
    `SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding), lower('ÄÖŁ'),
            current_setting('listen_addresses'), current_setting('TimeZone'), current_setting('fsync')
       FROM pg_database WHERE datname = 'postgres'`,
  )
  expect(rows).toEqual([['b', 'C.UTF-8', 'UTF8', 'äöł', '127.0.0.1', 'UTC', 'on']])
})

it('nobody gets in without the password, which only its owner may read', async () => {
  await using postgres = await startPostgres({ dataDir, port: 0, durable: false })
  const password = await readFile(join(dataDir, 'password'), 'utf8')
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  expect(postgres.url()).toContain(password)
  await expect(query(postgres.url().replace(password, 'guess'), 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  )
})

it('what was written is there after a stop and a start', async () => {
  const first = await startPostgres({ dataDir, port: 0, durable: true })
  await query(first.url(), 'CREATE TABLE kept AS SELECT 42 AS n')
  await first.stop()
  await first.stop()
  expect(commandOf(first.pid)).toBeUndefined()
  await using second = await startPostgres({ dataDir, port: 0, durable: true })
  expect(await query(second.url(), 'SELECT n FROM kept')).toEqual([[42]])
})

it('a port that is taken gives way to the next free one, and the caller is told', async () => {
  const squatter = createServer()
  const taken = await new Promise<number>((resolve) => {
    squatter.listen(0, '127.0.0.1', () => {
      const address = squatter.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const said: string[] = []
  await using postgres = await startPostgres({ dataDir, port: taken, durable: false, log: (line) => said.push(line) })
  squatter.close()
  expect(postgres.wantedPort).toBe(taken)
  expect(postgres.port).toBeGreaterThan(taken)
  expect(said).toContain(`Port ${taken} is taken; PostgreSQL uses ${postgres.port}.`)
})

it('processes that start the same new folder at once share one server', async () => {
  const programs = [1, 2, 3].map(() => runProgram('hold-postgres.ts', [dataDir]))
  const servers = await Promise.all(programs.map(held))
  expect(new Set(servers.map((server) => server.pid)).size).toBe(1)
  expect(servers.filter((server) => server.started)).toHaveLength(1)
  for (const { url } of servers) expect(await query(url, 'SELECT 1')).toEqual([[1]])
  for (const program of programs) program.child.kill('SIGKILL')
  await gone(servers[0]?.pid ?? 0)
  expect(await readdir(folder)).toEqual(['postgres'])
})

it('a server goes when the process that started it is killed, and a start at that moment works', async () => {
  const program = runProgram('hold-postgres.ts', [dataDir])
  const before = await held(program)
  await query(before.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  program.child.kill('SIGKILL')
  await program.exited
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
  expect(postgres.started).toBe(true)
  expect(await query(postgres.url(), 'SELECT n FROM kept')).toEqual([[42]])
  await gone(before.pid)
})

it('a server that outlived its process is stopped cleanly by the next start', async () => {
  const program = runProgram('hold-postgres.ts', [dataDir])
  const before = await held(program)
  await query(before.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  await killWatchdogOf(before.pid)
  program.child.kill('SIGKILL')
  await program.exited
  expect(await query(before.url, 'SELECT n FROM kept')).toEqual([[42]])

  const said: string[] = []
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true, log: (line) => said.push(line) })
  expect(said).toEqual([`Stopping the PostgreSQL that process ${program.pid} left behind …`])
  expect(await query(postgres.url(), 'SELECT n FROM kept')).toEqual([[42]])
})

it('a killed server starts again with all that was committed', async () => {
  const program = runProgram('hold-postgres.ts', [dataDir])
  const before = await held(program)
  await query(before.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  await killWatchdogOf(before.pid)
  program.child.kill('SIGKILL')
  process.kill(before.pid, 'SIGKILL')
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
  expect(await query(postgres.url(), 'SELECT n FROM kept')).toEqual([[42]])
})

it('a stranger that now has the number of a killed server does not stand in the way', async () => {
  await (await startPostgres({ dataDir, port: 0, durable: true })).stop()
  const stranger = spawn('sleep', ['600'])
  const lock = [stranger.pid, join(dataDir, 'data'), 1, 5432, '', '127.0.0.1', '  1  1', 'ready   ', '']
  await writeFile(join(dataDir, 'data', 'postmaster.pid'), lock.join('\n'))
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
  expect(await query(postgres.url(), 'SELECT 1')).toEqual([[1]])
  expect(stranger.exitCode).toBeNull()
  stranger.kill()
})

it('a start that was killed halfway through leaves nothing that the next one trusts', async () => {
  const program = runProgram('hold-postgres.ts', [dataDir])
  await vi.waitFor(async () => {
    const [half = ''] = await readdir(folder)
    expect(await readdir(join(folder, half, 'data'))).toContain('PG_VERSION')
  }, patient)
  program.child.kill('SIGKILL')
  await program.exited
  await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
  expect(await query(postgres.url(), 'SELECT 1')).toEqual([[1]])
  await postgres.stop()
  expect(await readdir(folder)).toEqual(['postgres'])
})

it('a folder of something else is refused and left as it is', async () => {
  await mkdir(dataDir)
  await writeFile(join(dataDir, 'thesis.txt'), 'years of work')
  await expect(startPostgres({ dataDir, durable: true })).rejects.toThrow('neither empty nor a database folder')
  expect(await readdir(dataDir)).toEqual(['thesis.txt'])
})

it('a server that cannot start says what PostgreSQL said', async () => {
  await (await startPostgres({ dataDir, port: 0, durable: true })).stop()
  await writeFile(join(dataDir, 'data', 'PG_VERSION'), '9\n')
  await expect(startPostgres({ dataDir, port: 0, durable: true })).rejects.toThrow(
    'initialized by PostgreSQL version 9',
  )
})

if (process.getuid?.() === 0) {
  it('root starts it in a folder that only root may enter', async () => {
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    for (const _ of ['first', 'again']) {
      await using postgres = await startPostgres({ dataDir, port: 0, durable: false })
      expect(await query(postgres.url(), 'SELECT 1')).toEqual([[1]])
    }
  })

  it('root starts it where user namespaces are refused, and the data stays when they are not', async () => {
    const { stdout: noUnshare } = await run('mktemp', ['-d'])
    await writeFile(join(noUnshare.trim(), 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const env = { ...process.env, PATH: `${noUnshare.trim()}${delimiter}${process.env.PATH}` }
    const program = runProgram('hold-postgres.ts', [dataDir], { env })
    const before = await held(program)
    await query(before.url, 'CREATE TABLE kept AS SELECT 42 AS n')
    expect((await stat(join(dataDir, 'data'))).uid).not.toBe(0)
    program.child.kill('SIGKILL')
    await gone(before.pid)
    await rm(noUnshare.trim(), { recursive: true })

    await using postgres = await startPostgres({ dataDir, port: 0, durable: true })
    expect(await query(postgres.url(), 'SELECT n FROM kept')).toEqual([[42]])
  })

  // A clone in root's home cannot be reached by others, so there is no such user there.
  const user = await plainUser()
  if (user) {
    it('root starts what a plain user created, and the user can start it afterwards', async () => {
      const home = join(folder, 'home')
      await mkdir(home)
      await Promise.all([chmod(folder, 0o755), chown(home, user.uid, user.gid)])
      dataDir = join(home, 'postgres')
      const asUser = async () => {
        const program = runProgram('hold-postgres.ts', [dataDir], user)
        const { pid, url } = await held(program)
        const owner = (await stat(`/proc/${pid}`)).uid
        const rows = await query(url, 'SELECT 1')
        program.child.kill('SIGKILL')
        await gone(pid)
        return { owner, rows }
      }
      expect(await asUser()).toEqual({ owner: user.uid, rows: [[1]] })
      await (await startPostgres({ dataDir, port: 0, durable: true })).stop()
      expect(await asUser()).toEqual({ owner: user.uid, rows: [[1]] })
    })
  }
}

async function plainUser(): Promise<{ uid: number; gid: number } | undefined> {
  const id = (flag: string) => run('id', [flag, 'nobody']).then(({ stdout }) => Number(stdout))
  const user = { uid: await id('-u'), gid: await id('-g') }
  const read = `require('node:fs').readFileSync(${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))})`
  return await run(process.execPath, ['-e', read], { cwd: '/', ...user }).then(
    () => user,
    () => undefined,
  )
}

async function killWatchdogOf(pid: number): Promise<void> {
  const { stdout } = await run('sh', [
    '-c',
    `grep -lz '^read -r _;' /proc/[0-9]*/cmdline 2>/dev/null | xargs grep -lzx '${pid}'`,
  ])
  const [, dog] = stdout.match(/\/proc\/(\d+)\//) ?? []
  process.kill(Number(dog), 'SIGKILL')
  await gone(Number(dog))
}
