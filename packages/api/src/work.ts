/** What a process needs that finishes what requests began: the outbox, the inbox, turns of schedules. */
export { createWorkContext } from './platform/context.ts'
export { Fault, unavailable } from './platform/errors.ts'
export { claim, type Due, due, fail, nextOf, type Taken, take } from './platform/inbox.ts'
export { formatAmount } from './platform/money.ts'
export { type Event, type EventContract, type EventId, OUTBOX_CHANNEL } from './platform/outbox.ts'
export { relay, type Sent, type Subscription } from './platform/relay.ts'
export { takeTurn } from './platform/schedule.ts'
export { inTransaction } from './platform/transaction.ts'
