import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chaos } from './run.ts'

const folder = join(tmpdir(), `barrow-chaos-${process.pid}`)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** In the middle of a checkout and with its money; `pnpm chaos --boundaries` takes them all. */
const some = (counted: number) => [0.6, 0.95].map((part) => Math.ceil(counted * part))

test('a shop of real processes is killed, cut off and lied to while it sells: nothing is lost, nothing doubled', async () => {
  const said: string[] = []
  const report = await chaos({
    ...{ transport: 'postgres', seed: 20, faults: 6, minutes: 1, buyers: 3, workers: 2, folder },
    races: { buyers: 40, units: 6, rounds: 9 },
    boundaries: { of: ['api', 'worker'], choose: some },
    say: (line) => said.push(line),
  })
  expect(report.findings, said.join('\n')).toEqual([])
  expect(report.orders.confirmed).toBeGreaterThan(0)
  // A checkout that passes fewer boundaries than the one that was counted is not killed at the last of them.
  expect(report.boundaries.api?.killed).toBeGreaterThan(0)
  expect(report.boundaries.worker?.killed).toBeGreaterThan(0)
}, 900_000)
