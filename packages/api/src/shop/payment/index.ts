export { captured, find, findRefund, lock, open, record, recordRefund, requestRefund, wanted } from './commands.ts'
export {
  type AttemptId,
  type AttemptStatus,
  attemptId,
  attemptMoves,
  attemptStatuses,
  PaymentAttempt,
  PaymentAttemptSchema,
  Refund,
  type RefundId,
  RefundSchema,
  refundId,
} from './entity.ts'
export { nothingToRefund, refundTooLarge } from './errors.ts'
export { paymentInvariants } from './invariants.ts'
export { authorise, capture, letGo, lookUp, payBack } from './provider.ts'
