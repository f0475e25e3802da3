import type { Money } from '../../money.ts'
import type { RefundState } from '../../ports/payments.ts'
import { type Account, NOT_CHARGEABLE } from './account.ts'
import { stripeAmount } from './amounts.ts'
import { ask } from './ask.ts'
import { findRefund, isForgotten } from './find.ts'
import { refundStateOf } from './states.ts'

const unknown: RefundState = { status: 'unknown' }

export interface RefundRequest {
  readonly refundId: string
  readonly attemptId: string
  readonly reference: string
  readonly money: Money
}

/** Gives money back, once for each refund's id. */
export async function refund(account: Account, request: RefundRequest): Promise<RefundState> {
  const key = `${request.refundId}:refund`
  return isForgotten(request.refundId, account.now())
    ? sendUnlessMade(account, request, key)
    : send(account, request, key)
}

async function send(account: Account, request: RefundRequest, key: string): Promise<RefundState> {
  const { refundId, attemptId, reference, money } = request
  const amount = stripeAmount(money)
  if (amount === undefined) return { status: 'refused', code: NOT_CHARGEABLE }
  const answer = await ask(account.log, 'refund', () =>
    account.stripe.refunds.create(
      { payment_intent: reference, amount, metadata: { refund: refundId, attempt: attemptId } },
      { idempotencyKey: key },
    ),
  )
  switch (answer.kind) {
    case 'done':
      return answer.replayed ? current(account, answer.value.id) : refundStateOf(answer.value)
    case 'declined':
    case 'refused':
      return { status: 'refused', code: answer.code }
    case 'failed_before':
      return sendUnlessMade(account, request, `${refundId}:refund:${answer.request}`)
    default:
      return unknown
  }
}

async function sendUnlessMade(account: Account, request: RefundRequest, key: string): Promise<RefundState> {
  const { refundId, reference } = request
  const made = await ask(account.log, 'find refund', () => findRefund(account.stripe, { refundId, reference }))
  if (made.kind !== 'done') return unknown
  return made.value === undefined ? send(account, request, key) : refundStateOf(made.value)
}

async function current({ stripe, log }: Account, reference: string): Promise<RefundState> {
  const answer = await ask(log, 'retrieve refund', () => stripe.refunds.retrieve(reference))
  return answer.kind === 'done' ? refundStateOf(answer.value) : unknown
}
