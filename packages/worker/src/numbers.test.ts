import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '@barrow/api/runtime'
import { ALIVE_SECONDS, BEAT_SECONDS, Fault, unavailable } from '@barrow/api/work'
import { expect, test } from 'vitest'
import { delayOf, retries } from './consume.ts'
import { LOOK_MS } from './pick-up.ts'
import { topics } from './topics.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
const { worker, retention } = readConfig({
  DATABASE_URL: 'postgres://shop@127.0.0.1/shop',
  SECRET: 'a-secret-for-tests-only-0123456789abcdef',
  NODE_ENV: 'test',
})

test.each([
  ['tries of an event', `${retries.attempts}`],
  ['tries while something is unavailable', `${retries.attemptsWhileUnavailable}`],
  ['first pause, doubled each time', `${retries.firstDelaySeconds} s`],
  ['longest pause', `${retries.maxDelaySeconds} s`],
  ['`WORKER_LEASE_SECONDS`', `${worker.leaseSeconds} s`],
  ['`WORKER_GRACE_SECONDS`', `${worker.graceSeconds} s`],
  ['look at the inbox', `${LOOK_MS / 1_000} s`],
  ['heartbeat', `${BEAT_SECONDS} s`],
  ['`OUTBOX_DAYS`', `${retention.outboxDays} days`],
  ['`INBOX_DAYS`', `${retention.inboxDays} days`],
])('the README says what %s is', (name, value) => {
  expect(readme).toContain(`| ${name} | ${value} |`)
  expect(readme).toContain(`after ${ALIVE_SECONDS} s without one`)
})

test('the inbox knows of an event as long as any topic may bring word of it', () => {
  for (const { retentionDays } of topics) expect(retentionDays).toBeLessThanOrEqual(retention.inboxDays)
})

const away = unavailable('away', 'Nobody answers.')
/** The pauses of all tries that come, until one is the last. */
function pauses(error: unknown): number[] {
  const found: number[] = []
  for (let attempt = 1; ; attempt++) {
    const pause = delayOf(error, attempt)
    if (pause === null) return found
    found.push(pause)
  }
}

test.each([
  { error: new Error('a bug'), tries: retries.attempts },
  { error: away(), tries: retries.attemptsWhileUnavailable },
])('$error.message: it is tried again later each time, never all at once, and not for ever', ({ error, tries }) => {
  const found = pauses(error)
  expect(found).toHaveLength(tries - 1)
  for (const [n, pause] of found.entries()) {
    const full = Math.min(retries.firstDelaySeconds * 2 ** n, retries.maxDelaySeconds)
    expect(pause).toBeGreaterThanOrEqual(full / 2)
    expect(pause).toBeLessThanOrEqual(full)
  }
  expect(new Set(found).size).toBe(found.length)
})

test('what is wrong and stays wrong is not tried again', () => {
  expect(delayOf(new Fault('invalid', 'no_such_address', 'Nobody has it.', {}), 1)).toBeNull()
})
