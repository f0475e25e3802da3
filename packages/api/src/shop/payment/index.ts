export {
  authorised,
  captured,
  find,
  findRefund,
  first,
  forgetMethods,
  lock,
  open,
  record,
  recordRefund,
  requestRefund,
  wanted,
} from './commands.ts'
export { refuseCardTesting } from './declines.ts'
export {
  type AttemptId,
  type AttemptStatus,
  attemptId,
  attemptMoves,
  attemptStatuses,
  PaymentAttempt,
  PaymentAttemptSchema,
  PaymentNoticeSchema,
  Refund,
  type RefundId,
  RefundSchema,
  refundId,
} from './entity.ts'
export { nothingToRefund, refundTooLarge } from './errors.ts'
export { paymentInvariants } from './invariants.ts'
export { forgetNotices, heeded, NOTICES_KEPT_DAYS, note, type OpenNotice, openNotice, openNotices } from './notices.ts'
export { authorise, capture, letGo, lookUp, type NewAttempt, payBack } from './provider.ts'
