import { readFile } from 'node:fs/promises'
import { type LedgerEntry, totalsOf } from '../stripe/ledger.ts'
import type { Stage } from './stage.ts'

/** Something that a ledger outside the shop shows to be wrong. */
export interface Wrong {
  readonly id: `I${number}`
  readonly sentence: string
  readonly offending: readonly string[]
}

interface Attempt {
  readonly id: string
  readonly orderId: string
  readonly number: string
  readonly status: string
  readonly wanted: boolean
  readonly amount: number
  readonly currency: string
  readonly refunded: number
}

/** Reads a file of JSON lines; nothing where there is none yet. */
async function lines<Line>(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  // Written by the servers of this package, one entry a line.
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
}

/** What offends, as a finding; none where nothing does. */
export const wrong = (id: Wrong['id'], sentence: string, offending: readonly string[]): Wrong[] =>
  offending.length === 0 ? [] : [{ id, sentence, offending }]

/** Compares what the payment server knows with what the shop has written. Amounts in euros count the same in both. */
export async function comparePayments(stage: Pick<Stage, 'sql' | 'payments'>): Promise<Wrong[]> {
  const entries = await lines<LedgerEntry>(stage.payments.ledgerFile)
  const attempts = await stage.sql<Attempt>(
    `select a.id, a.order_id as "orderId", o.number, a.status, a.wanted, a.amount::int, a.currency, a.refunded::int
     from payment_attempt a join "order" o on o.id = a.order_id`,
  )
  const byAttempt = Map.groupBy(entries, (entry) => entry.attempt ?? 'none')
  const known = new Set(attempts.map((attempt) => attempt.id))
  const differing = (is: (attempt: Attempt, booked: ReturnType<typeof totalsOf>, own: LedgerEntry[]) => boolean) =>
    attempts.flatMap((attempt) => {
      const own = byAttempt.get(attempt.id) ?? []
      return is(attempt, totalsOf(own), own) ? [`${attempt.orderId} ${attempt.id}`] : []
    })
  const paid = await stage.sql<{ total: number; back: number }>(
    `select (select coalesce(sum(total), 0)::int from "order" where status in ('confirmed', 'fulfilled')) as total,
       (select coalesce(sum(r.amount), 0)::int from refund r join payment_attempt a on a.id = r.attempt_id
        where a.wanted and r.status = 'refunded') as back`,
  )
  const { captured, refunded } = totalsOf(entries)
  const held = (paid[0]?.total ?? 0) - (paid[0]?.back ?? 0)
  return [
    ...wrong(
      'I5',
      'Money moved for a payment that the shop does not know.',
      [...byAttempt.keys()].filter((id) => !known.has(id)),
    ),
    ...wrong('I4', 'An order took its money twice, or another sum than its own.', [
      ...differing(({ status, amount }, booked) => booked.captured !== (status === 'captured' ? amount : 0)),
      ...differing((_, __, own) => own.filter(({ kind }) => kind === 'captured').length > 1),
    ]),
    ...wrong(
      'I5',
      'A payment went back otherwise than the shop has written.',
      differing((attempt, booked) => booked.refunded !== attempt.refunded),
    ),
    ...wrong(
      'I5',
      'A payment is still held that was neither taken nor let go.',
      differing((_, booked) => booked.authorised !== booked.captured + booked.voided),
    ),
    ...wrong(
      'I5',
      'The money that was kept is not the sum of what paid orders cost.',
      captured - refunded === held ? [] : [`${captured - refunded} instead of ${held}`],
    ),
  ]
}

interface Letter {
  readonly id: string | null
  readonly raw: string
}

/** Compares what the mail server took with the orders there are. */
export async function compareLetters(stage: Pick<Stage, 'sql' | 'mail'>): Promise<Wrong[]> {
  const letters = await lines<Letter>(stage.mail.ledgerFile)
  const orders = await stage.sql<{ number: string; confirmed: boolean }>(
    `select number, exists (select 1 from order_moment m where m.order_id = o.id and m.what = 'confirmed') as confirmed
     from "order" o`,
  )
  const subjects = letters.map(({ id, raw }) => ({ id, subject: /^subject: (.*)$/im.exec(raw)?.[1]?.trim() ?? '' }))
  const confirmations = Map.groupBy(
    subjects.filter(({ subject }) => / is confirmed$/.test(subject)),
    ({ subject }) => /\b\w{3}-\w{3}-\w{3}\b/.exec(subject)?.[0] ?? subject,
  )
  const distinct = (number: string) => new Set(confirmations.get(number)?.map(({ id }) => id)).size
  const numbers = new Set(orders.map(({ number }) => number))
  const named = subjects.flatMap(({ subject }) => /\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}\b/.exec(subject)?.[0] ?? [])
  const bodies = Map.groupBy(letters, ({ id }) => id ?? 'none')
  return [
    ...wrong(
      'I6',
      'A confirmed order has not exactly one letter that says so, or another has one.',
      orders.filter(({ number, confirmed }) => distinct(number) !== (confirmed ? 1 : 0)).map(({ number }) => number),
    ),
    ...wrong(
      'I6',
      'A letter names an order that does not exist.',
      named.filter((number) => !numbers.has(number)),
    ),
    ...wrong(
      'I6',
      'One Message-ID was sent with different bytes.',
      [...bodies].filter(([, copies]) => new Set(copies.map(({ raw }) => raw)).size > 1).map(([id]) => id),
    ),
  ]
}
