import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, it, vi } from 'vitest'
import { commandOf } from './process-command.ts'
import { processGroup } from './process-group.ts'
import { type Program, runProgram } from './test-programs/program.ts'

const patient = { timeout: 30_000, interval: 20 }
const gone = (pid: number) => vi.waitFor(() => expect(commandOf(pid)).toBeUndefined(), patient)
const pidsOf = (group: Program) =>
  vi.waitFor(() => {
    const found = group.lines.flatMap((line) => line.match(/\| (\d+)$/)?.[1] ?? []).map(Number)
    expect(found).toHaveLength(2)
    return found
  }, patient)

const ended: Program[] = []
function runGroup(...args: string[]): Program {
  const group = runProgram('group.ts', args)
  ended.push(group)
  return group
}
afterEach(() => {
  for (const group of ended.splice(0)) group.child.kill('SIGKILL')
})

it('Ctrl-C stops every process, and only then the group is done', async () => {
  const group = runGroup()
  const pids = await pidsOf(group)
  group.child.kill('SIGINT')
  expect(await group.exited).toBe('0')
  expect(group.lines.slice(-2)).toEqual(['Stopping … (Ctrl-C again to kill)', 'all stopped'])
  await Promise.all(pids.map(gone))
})

it('a second Ctrl-C kills what does not want to stop', async () => {
  const group = runGroup('stubborn')
  const pids = await pidsOf(group)
  group.child.kill('SIGINT')
  await vi.waitFor(() => expect(group.lines).toContain('worker | no'), patient)
  await vi.waitFor(() => {
    // Once they are gone the group ends, and takes no more notice of Ctrl-C than any program.
    const left = pids.filter((pid) => commandOf(pid) !== undefined)
    if (left.length > 0) group.child.kill('SIGINT')
    expect(left).toEqual([])
  }, patient)
  expect(await group.exited).toBe('0')
})

it('a crash is reported and the rest goes on; a restart brings it back', async () => {
  const lines: string[] = []
  await using group = processGroup({ print: (line) => lines.push(line) })
  const [command, live] = [process.execPath, 'setInterval(() => {}, 1000)']
  group.start({ name: 'worker', command, args: ['-e', `console.log('works'); ${live}`] })
  const api = group.start({ name: 'api', command, args: ['-e', `console.log('up'); throw 'syntax'`] })
  await vi.waitFor(
    () => expect(lines).toContain('api    | ended by itself (exit code 1); it starts again with the next change'),
    patient,
  )
  await vi.waitFor(() => expect(lines).toContain('worker | works'), patient)
  await api.restart()
  await vi.waitFor(() => expect(lines.filter((line) => line === 'api    | up')).toHaveLength(2), patient)
  expect(lines.filter((line) => line.startsWith('worker'))).toEqual(['worker | works'])
})

it('restarts asked for while one is under way become one more', async () => {
  await using group = processGroup({ print: () => {} })
  const api = group.start({ name: 'api', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] })
  const first = api.restart()
  await Promise.resolve()
  const second = api.restart()
  expect(second).not.toBe(first)
  expect(api.restart()).toBe(second)
  await second
})

it('everything stops when pnpm is killed, which tells nobody', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'barrow-test-'))
  const pnpm = join(folder, 'pnpm.cjs')
  const script = [process.execPath, join(import.meta.dirname, 'test-programs', 'group.ts')]
  const shell = JSON.stringify(['-c', '"$0" "$1"; exit $?', ...script])
  await writeFile(pnpm, `require('node:child_process').spawn('sh', ${shell}, { stdio: 'inherit' })`)
  const runner = spawn(process.execPath, [pnpm], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const output = createInterface({ input: runner.stdout }).on('line', (line) => lines.push(line))
  const closed = once(output, 'close')
  await vi.waitFor(() => expect(lines).toHaveLength(2), patient)
  runner.kill('SIGKILL')
  await closed
  expect(lines.at(-1)).toBe('all stopped')
  await rm(folder, { recursive: true })
})
