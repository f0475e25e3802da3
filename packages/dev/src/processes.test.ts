import { expect, it, vi } from 'vitest'
import { commandOf } from './process-command.ts'
import { startProcess } from './processes.ts'
import { runProgram } from './test-programs/program.ts'

const patient = { timeout: 30_000, interval: 20 }
const node = process.execPath
const gone = (pid: number) => vi.waitFor(() => expect(commandOf(pid)).toBeUndefined(), patient)

/** Starts JavaScript and collects its lines, the pids that it and its children print among them. */
function start(script: string, env: Record<string, string> = {}) {
  const lines: string[] = []
  const running = startProcess({
    name: 'x',
    command: node,
    args: ['-e', script],
    env,
    onLine: (line) => lines.push(line),
  })
  const pids = (count: number) =>
    vi.waitFor(() => {
      const found = lines.filter((line) => /^\d+$/.test(line)).map(Number)
      expect(found).toHaveLength(count)
      return found
    }, patient)
  return { running, lines, pids }
}
const live = 'console.log(process.pid); setInterval(() => {}, 1000)'
const spawnChild = (script: string) =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], { stdio: 'inherit' });`
const ignoring = `process.on('SIGTERM', () => {});`

it('lines of both outputs arrive whole, and the end is told', async () => {
  const { running, lines } = start(
    `process.stdout.write('a'); process.stdout.write(process.env.B + '\\nlast'); console.error('c'); process.exitCode = 3`,
    { B: 'b' },
  )
  expect(await running.ended).toBe('exit code 3')
  await vi.waitFor(() => expect([...lines].sort()).toEqual(['ab', 'c', 'last']), patient)
})

it('a program that does not exist is told, not thrown', async () => {
  const running = startProcess({ name: 'x', command: '/does/not/exist', onLine: () => {} })
  expect(await running.ended).toContain('ENOENT')
  await running.stop()
})

it('stopping reaches every descendant', async () => {
  const { running, pids } = start(spawnChild(spawnChild(live) + live) + live)
  const all = await pids(3)
  await running.stop()
  expect(await running.ended).toBe('SIGTERM')
  await Promise.all(all.map(gone))
})

it('who does not stop in ten seconds is killed, descendants too', async () => {
  const { running, pids } = start(ignoring + spawnChild(ignoring + live) + live)
  const all = await pids(2)
  await running.stop()
  expect(await running.ended).toBe('SIGKILL')
  await Promise.all(all.map(gone))
})

it('who does not stop can be killed at once', async () => {
  const { running, pids } = start(ignoring + spawnChild(ignoring + live) + live)
  const all = await pids(2)
  const stopping = running.stop()
  running.kill()
  await stopping
  await Promise.all(all.map(gone))
})

it('a program that crashes takes its descendants along', async () => {
  const { running, pids } = start(`${spawnChild(live)} ${live}; process.on('SIGUSR2', () => process.exit(7))`)
  const all = await pids(2)
  process.kill(running.pid ?? 0, 'SIGUSR2')
  expect(await running.ended).toBe('exit code 7')
  await Promise.all(all.map(gone))
})

it('programs end when the process that started them is killed', async () => {
  const group = runProgram('group.ts', [])
  const pids = await vi.waitFor(() => {
    const found = group.lines.map((line) => Number(line.match(/\| (\d+)$/)?.[1]))
    expect(found).toHaveLength(2)
    return found
  }, patient)
  group.child.kill('SIGKILL')
  await Promise.all(pids.map(gone))
})
