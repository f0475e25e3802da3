import { defineEntity, p } from '@mikro-orm/core'
import { amount, createdAt, currency, id } from '../../platform/columns.ts'
import { type Id, idOf } from '../../platform/ids.ts'

export const attemptId = idOf('attempt')
export type AttemptId = ReturnType<typeof attemptId.new>

export const attemptStatuses = ['pending', 'needs_action', 'authorised', 'captured', 'declined', 'voided'] as const
export type AttemptStatus = (typeof attemptStatuses)[number]

/** What an attempt may become. `pending`: the provider has not answered, or nobody knows what it answered. */
export const attemptMoves: Readonly<Record<AttemptStatus, readonly AttemptStatus[]>> = {
  pending: ['needs_action', 'authorised', 'captured', 'declined', 'voided'],
  needs_action: ['authorised', 'captured', 'declined', 'voided'],
  authorised: ['captured', 'declined', 'voided'],
  captured: [],
  declined: [],
  voided: [],
}

export const PaymentAttemptSchema = defineEntity({
  name: 'PaymentAttempt',
  properties: {
    id: id(attemptId),
    /** Payments know an order by its id only. */
    orderId: p.string().$type<Id<'order'>>().length(64).collation('C'),
    /** The how-manieth try to pay this order, from 1. */
    number: p.smallint(),
    provider: p.string().length(32),
    status: p.enum(attemptStatuses),
    /** False once the order has given this attempt up: whatever it still takes is handed back. */
    wanted: p.boolean(),
    amount: amount(),
    currency: currency(),
    /** What of it is handed back or on its way back. */
    refunded: amount(),
    /** What the buyer's browser got from the provider for their card; never card data. */
    method: p.string().length(255),
    reference: p.string().length(255).nullable(),
    /** Why it was declined, in the provider's words. */
    code: p.string().length(100).nullable(),
    clientAction: p.json<{ url: string }>().nullable(),
    /** When the provider was last asked what became of it. */
    askedAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'payment_attempt_number_unique', properties: ['orderId', 'number'] }],
  indexes: [
    {
      name: 'payment_attempt_wanted_unique',
      expression: 'create unique index payment_attempt_wanted_unique on payment_attempt (order_id) where wanted',
    },
    {
      name: 'payment_attempt_open',
      expression: `create index payment_attempt_open on payment_attempt (asked_at) where status in ('pending', 'needs_action')`,
    },
    {
      name: 'payment_attempt_promised',
      expression: `create index payment_attempt_promised on payment_attempt (asked_at) where status = 'authorised'`,
    },
  ],
  checks: [
    { name: 'payment_attempt_amount', expression: 'amount >= 0' },
    { name: 'payment_attempt_refunded', expression: 'refunded >= 0 and refunded <= amount' },
  ],
})
export class PaymentAttempt extends PaymentAttemptSchema.class {
  mayBecome(status: AttemptStatus): boolean {
    return attemptMoves[this.status].includes(status)
  }

  /** Whether the provider will say nothing new about it. */
  isSettled(): boolean {
    return attemptMoves[this.status].length === 0
  }
}
PaymentAttemptSchema.setClass(PaymentAttempt)

export const refundId = idOf('refund')
export type RefundId = ReturnType<typeof refundId.new>

export const refundStatuses = ['requested', 'refunded', 'refused'] as const
export type RefundStatus = (typeof refundStatuses)[number]

export const refundMoves: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  requested: ['refunded', 'refused'],
  // A bank may hand it back days later: the account is closed, for one.
  refunded: ['refused'],
  refused: [],
}

export const RefundSchema = defineEntity({
  name: 'Refund',
  properties: {
    id: id(refundId),
    orderId: p.string().$type<Id<'order'>>().length(64).collation('C'),
    attemptId: () =>
      p
        .manyToOne(PaymentAttempt)
        .fieldName('attempt_id')
        .mapToPk()
        .deleteRule('restrict')
        .foreignKeyName('refund_attempt_fk'),
    amount: amount(),
    currency: currency(),
    status: p.enum(refundStatuses),
    reference: p.string().length(255).nullable(),
    code: p.string().length(100).nullable(),
    /** When the provider was last asked where it stands. */
    askedAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
    createdAt: createdAt(),
  },
  indexes: [
    { properties: ['orderId', 'id'] },
    {
      name: 'refund_open',
      expression: `create index refund_open on refund (asked_at) where status = 'requested'`,
    },
  ],
  checks: [{ name: 'refund_amount', expression: 'amount > 0' }],
})
export class Refund extends RefundSchema.class {
  mayBecome(status: RefundStatus): boolean {
    return refundMoves[this.status].includes(status)
  }
}
RefundSchema.setClass(Refund)

/** What the provider told by itself, once for each: kept before it is answered, until it was heeded and longer. */
export const PaymentNoticeSchema = defineEntity({
  name: 'PaymentNotice',
  properties: {
    /** The provider's own id of it. */
    id: p.string().length(255).collation('C').primary(),
    attemptId: () =>
      p
        .manyToOne(PaymentAttempt)
        .fieldName('attempt_id')
        .mapToPk()
        .deleteRule('cascade')
        .foreignKeyName('payment_notice_attempt_fk'),
    /** Of a notice about a refund. */
    refundId: p.string().$type<RefundId>().length(64).collation('C').nullable(),
    /** The provider's id of the payment. */
    reference: p.string().length(255).nullable(),
    /** How often the provider was asked because of it. */
    tries: p.smallint().default(0),
    triedAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
    heededAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [
    { properties: ['createdAt'] },
    {
      name: 'payment_notice_open',
      expression: 'create index payment_notice_open on payment_notice (tried_at) where heeded_at is null',
    },
  ],
})
export class PaymentNotice extends PaymentNoticeSchema.class {}
PaymentNoticeSchema.setClass(PaymentNotice)
