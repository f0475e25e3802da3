import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgram } from './program.ts'
import { startRoundRobin } from './round-robin.ts'

export interface Rolled {
  /** Requests that were answered as they should be. */
  readonly answered: number
  /** What went wrong, one line for each request. */
  readonly failed: readonly string[]
  /** How each of the processes that were told to stop ended. */
  readonly exitCodes: readonly (number | null)[]
}

/** What production waits for as well: long enough for a balancer to find out. */
const DELAY_MS = 5_000
const AT_ONCE = 4

/**
 * Restarts the two API processes of a shop in turn, `restarts` times in all, while visitors read and change their carts
 * through a balancer. Every request must be answered: none is made twice.
 */
export async function rollingRestarts(
  env: Readonly<Record<string, string>>,
  { restarts, report = () => {} }: { restarts: number; report?: (line: string) => void },
): Promise<Rolled> {
  await using balancer = await startRoundRobin()
  const start = async () => {
    const program = startProgram('api', { ...env, SHUTDOWN_DELAY_MS: String(DELAY_MS), LIMITS_SCALE: '1000000' })
    const { port } = await program.said('api listening')
    balancer.add(Number(port))
    return { program, port: Number(port) }
  }
  const members = await Promise.all([start(), start()])
  await balancer.ready(2)

  let answered = 0
  const failed: string[] = []
  let over = false
  async function visit(): Promise<void> {
    const guest = `bg_${randomUUID().replaceAll('-', '').padEnd(43, 'x')}`
    while (!over) {
      const list = await call(`${balancer.url}/trpc/category.list?input=${encodeURIComponent('{"json":{}}')}`, {})
      const cart = await call(`${balancer.url}/trpc/cart.create`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Barrow-Guest': guest, 'Idempotency-Key': randomUUID() },
        body: JSON.stringify({ json: { currency: 'EUR' } }),
      })
      for (const problem of [list, cart]) {
        if (problem === undefined) answered += 1
        else failed.push(problem)
      }
    }
  }
  const visitors = Array.from({ length: AT_ONCE }, visit)
  const exitCodes: (number | null)[] = []
  try {
    for (let at = 0; at < restarts; at++) {
      const index = at % members.length
      const old = members[index]
      if (old === undefined) break
      exitCodes.push(await old.program.stop('SIGTERM'))
      balancer.remove(old.port)
      members[index] = await start()
      await balancer.ready(members.length)
      // Both serve for a while before the next one goes.
      await sleep(200)
      report(`${at + 1} of ${restarts} restarts, ${answered} requests answered, ${failed.length} failed`)
    }
  } finally {
    over = true
    await Promise.all(visitors)
    for (const { program } of members) await program.stop('SIGKILL')
  }
  return { answered, failed, exitCodes }
}

/** Makes a request; answers what was wrong with its answer. */
async function call(url: string, init: RequestInit): Promise<string | undefined> {
  try {
    const answer = await fetch(url, init)
    const text = await answer.text()
    return answer.status === 200 && text.includes('"result"') ? undefined : `${answer.status} ${text.slice(0, 200)}`
  } catch (error) {
    return String(error)
  }
}
