import { setTimeout as sleep } from 'node:timers/promises'
import { defineEntity, p } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/postgresql'
import { amount, createdAt, currency } from '../columns.ts'
import type { PaymentProvider, PaymentState } from '../ports/payments.ts'

/** The built-in provider's own ledger, as a bank would keep it: written outside the shop's transactions. */
export const TestPaymentSchema = defineEntity({
  name: 'TestPayment',
  properties: {
    attemptId: p.string().length(64).collation('C').primary(),
    /** What the shop says it is for: with it the ledger is read without asking the shop. */
    orderNumber: p.string().length(32).nullable(),
    method: p.string().length(100).nullable(),
    status: p.enum(['authorised', 'captured', 'voided', 'declined', 'needs_action']),
    amount: amount(),
    currency: currency().nullable(),
    refunded: amount().default(0),
    /** Until then the provider answers `unknown`. */
    silentUntil: p.datetime(3).nullable(),
    createdAt: createdAt(),
  },
  checks: [{ name: 'test_payment_refunded', expression: 'refunded >= 0 and refunded <= amount' }],
})
export class TestPayment extends TestPaymentSchema.class {}
TestPaymentSchema.setClass(TestPayment)

export const TestRefundSchema = defineEntity({
  name: 'TestRefund',
  properties: {
    refundId: p.string().length(64).collation('C').primary(),
    attemptId: p.string().length(64).collation('C'),
    amount: amount(),
    createdAt: createdAt(),
  },
})
export class TestRefund extends TestRefundSchema.class {}
TestRefundSchema.setClass(TestRefund)

const shown = 'status, method, coalesce(silent_until > now(), false) as silent'

interface Row {
  status: 'authorised' | 'captured' | 'voided' | 'declined' | 'needs_action'
  method: string | null
  silent: boolean
}

/**
 * What a test card does. `test_unknown` never answers and authorises nothing; `test_late` authorises, and is silent for
 * two seconds; `test_slow` takes four seconds to answer that it captured. Every other card is declined.
 */
const outcomes: Readonly<Record<string, { status: Row['status']; silentSeconds?: number }>> = {
  test_accept: { status: 'authorised' },
  test_slow: { status: 'authorised' },
  test_action: { status: 'needs_action' },
  test_late: { status: 'authorised', silentSeconds: 2 },
}
const SLOW_MS = 4_000

/** What the buyer of a `test_action` card does at their bank. */
export interface TestBuyer {
  act(attemptId: string, outcome: 'authorised' | 'declined'): Promise<void>
}

/**
 * The built-in provider for development and tests. It keeps its ledger in the database, so that every process sees it.
 * `bankUrl` is where a buyer who has to act is sent.
 */
export function createTestPayments(orm: MikroORM, bankUrl = 'test:'): PaymentProvider & TestBuyer {
  const sql = <T>(query: string, params: unknown[]): Promise<T[]> => orm.em.fork().execute(query, params)
  const find = async (attemptId: string) =>
    (await sql<Row>(`select ${shown} from test_payment where attempt_id = ?`, [attemptId]))[0]
  const lookUp = async (attemptId: string) => stateOf(attemptId, await find(attemptId), bankUrl)
  const move = async (attemptId: string, from: readonly Row['status'][], to: Row['status']): Promise<boolean> => {
    const moved = await sql(
      'update test_payment set status = ? where attempt_id = ? and status in (?) returning attempt_id',
      [to, attemptId, from],
    )
    return moved.length > 0
  }
  return {
    name: 'test',
    async authorise({ attemptId, money, method, orderNumber }) {
      if (method === 'test_unknown') return { status: 'unknown' }
      const { status, silentSeconds = null } = outcomes[method] ?? { status: 'declined' }
      // The row that was there first answers, if there was one.
      const [row] = await sql<Row>(
        `insert into test_payment (attempt_id, order_number, method, status, amount, currency, silent_until)
         values (?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?))
         on conflict (attempt_id) do update set attempt_id = excluded.attempt_id returning ${shown}`,
        [attemptId, orderNumber, method, status, money.amount, money.currency, silentSeconds],
      )
      return stateOf(attemptId, row, bankUrl)
    },
    async capture({ attemptId }) {
      const booked = await move(attemptId, ['authorised'], 'captured')
      const payment = await find(attemptId)
      if (booked && payment?.method === 'test_slow') await sleep(SLOW_MS)
      return stateOf(attemptId, payment, bankUrl)
    },
    async void({ attemptId }) {
      await move(attemptId, ['authorised', 'needs_action'], 'voided')
      await sql(
        `insert into test_payment (attempt_id, status, amount) values (?, 'voided', 0) on conflict do nothing`,
        [attemptId],
      )
      return lookUp(attemptId)
    },
    async refund({ refundId, attemptId, money }) {
      // The row lock of the payment makes two calls for one refund wait for each other.
      await sql(
        `with payment as (
           select attempt_id from test_payment
           where attempt_id = ? and status = 'captured' and refunded + ? <= amount for update
         ), booked as (
           insert into test_refund (refund_id, attempt_id, amount) select ?, attempt_id, ? from payment
           on conflict do nothing returning attempt_id, amount
         )
         update test_payment set refunded = refunded + booked.amount from booked
         where test_payment.attempt_id = booked.attempt_id`,
        [attemptId, money.amount, refundId, money.amount],
      )
      const booked = await sql('select refund_id from test_refund where refund_id = ?', [refundId])
      return booked.length > 0
        ? { status: 'refunded', reference: `test_${refundId}` }
        : { status: 'refused', code: 'not_refundable' }
    },
    lookUp,
    async act(attemptId, outcome) {
      await move(attemptId, ['needs_action'], outcome)
    },
  }
}

function stateOf(attemptId: string, payment: Row | undefined, bankUrl: string): PaymentState {
  if (payment === undefined) return { status: 'absent' }
  if (payment.silent) return { status: 'unknown' }
  const reference = `test_${attemptId}`
  if (payment.status === 'declined') return { status: 'declined', reference, code: 'card_declined' }
  if (payment.status === 'needs_action') {
    return { status: 'needs_action', reference, clientAction: { url: `${bankUrl}${attemptId}` } }
  }
  return { status: payment.status, reference }
}
