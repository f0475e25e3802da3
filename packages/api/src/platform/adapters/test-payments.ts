import { defineEntity, p } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/postgresql'
import { amount, createdAt, currency } from '../columns.ts'
import type { PaymentAttemptRequest, PaymentProvider, PaymentState, RefundState } from '../ports/payments.ts'

/** The built-in provider's own ledger, as a bank would keep it: written outside the shop's transactions. */
export const TestPaymentSchema = defineEntity({
  name: 'TestPayment',
  properties: {
    attemptId: p.string().length(64).collation('C').primary(),
    status: p.enum(['authorised', 'captured', 'voided', 'declined', 'needs_action']),
    amount: amount(),
    currency: currency(),
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

interface Row {
  status: 'authorised' | 'captured' | 'voided' | 'declined' | 'needs_action'
  silent: boolean
}

const referenceOf = (attemptId: string): string => `test_${attemptId}`

function stateOf(attemptId: string, row: Row | undefined): PaymentState {
  if (row === undefined) return { status: 'absent' }
  if (row.silent) return { status: 'unknown' }
  const reference = referenceOf(attemptId)
  if (row.status === 'declined') return { status: 'declined', reference, code: 'card_declined' }
  if (row.status === 'needs_action')
    return { status: 'needs_action', reference, clientAction: { url: `test:${reference}` } }
  return { status: row.status, reference }
}

/** What a test card does: `test_accept`, `test_decline`, `test_action` (the buyer must act), `test_late` (authorised, but silent for two seconds), `test_unknown` (silent, and nothing was authorised). */
const outcomes: Readonly<Record<string, { status: Row['status']; silentSeconds?: number }>> = {
  test_accept: { status: 'authorised' },
  test_decline: { status: 'declined' },
  test_action: { status: 'needs_action' },
  test_late: { status: 'authorised', silentSeconds: 2 },
}

/** The built-in provider for development and tests. It keeps its ledger in the database, so that every process sees it. */
export function createTestPayments(
  orm: MikroORM,
): PaymentProvider & { act(attemptId: string, outcome: 'authorised' | 'declined'): Promise<void> } {
  const sql = <T>(query: string, params: unknown[]): Promise<T[]> => orm.em.fork().execute(query, params)
  const find = async (attemptId: string) =>
    (
      await sql<Row>(
        'select status, coalesce(silent_until > now(), false) as silent from test_payment where attempt_id = ?',
        [attemptId],
      )
    )[0]
  const move = async (attemptId: string, from: string, to: string): Promise<PaymentState> => {
    await sql('update test_payment set status = ? where attempt_id = ? and status = ?', [to, attemptId, from])
    return stateOf(attemptId, await find(attemptId))
  }
  return {
    name: 'test',
    async authorise({ attemptId, money, method }: PaymentAttemptRequest): Promise<PaymentState> {
      if (method === 'test_unknown') return { status: 'unknown' }
      const outcome = outcomes[method] ?? { status: 'declined' }
      await sql(
        `insert into test_payment (attempt_id, status, amount, currency, silent_until)
         values (?, ?, ?, ?, now() + make_interval(secs => ?)) on conflict do nothing`,
        [attemptId, outcome.status, money.amount, money.currency, outcome.silentSeconds ?? null],
      )
      return stateOf(attemptId, await find(attemptId))
    },
    capture: ({ attemptId }) => move(attemptId, 'authorised', 'captured'),
    void: ({ attemptId }) => move(attemptId, 'authorised', 'voided'),
    async refund({ refundId, attemptId, money }): Promise<RefundState> {
      const rows = await sql(
        `with known as (select 1 from test_refund where refund_id = ?), booked as (
           update test_payment set refunded = refunded + ? where attempt_id = ? and status = 'captured'
             and refunded + ? <= amount and not exists (select 1 from known) returning attempt_id
         ), kept as (
           insert into test_refund (refund_id, attempt_id, amount) select ?, attempt_id, ? from booked on conflict do nothing returning 1
         ) select 1 from known union all select 1 from kept`,
        [refundId, money.amount, attemptId, money.amount, refundId, money.amount],
      )
      return rows.length > 0
        ? { status: 'refunded', reference: `test_${refundId}` }
        : { status: 'refused', code: 'not_refundable' }
    },
    lookUp: async (attemptId) => stateOf(attemptId, await find(attemptId)),
    async act(attemptId, outcome) {
      await move(attemptId, 'needs_action', outcome)
    },
  }
}
