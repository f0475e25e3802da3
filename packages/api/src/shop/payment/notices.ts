import type { Context } from '../../platform/context.ts'
import type { Id } from '../../platform/ids.ts'
import type { Notice } from '../../platform/ports/payment-webhooks.ts'
import type { AttemptId, RefundId } from './entity.ts'

/** What there is to ask the provider about. */
export interface OpenNotice {
  readonly id: string
  readonly orderId: Id<'order'>
  readonly attemptId: AttemptId
  readonly refundId: RefundId | null
  readonly reference: string | null
}

/** A provider repeats itself for three days; what is not heeded by then, somebody has to look at. */
const HORIZON = `interval '3 days'`
export const NOTICES_KEPT_DAYS = 30

/**
 * Keeps a notice; answers whether it is news. One that came before is not, nor is one about a payment that nobody here
 * asked for: an attempt is written before the provider first hears of it, so it belongs to another shop of the account.
 */
export async function note(ctx: Context, notice: Notice): Promise<boolean> {
  const reference = 'state' in notice && 'reference' in notice.state ? notice.state.reference : null
  const rows: unknown[] = await ctx.em.execute(
    `insert into payment_notice (id, attempt_id, refund_id, reference)
     select ?, attempt.id, refund.id, ? from payment_attempt attempt
     left join refund on refund.id = ? and refund.attempt_id = attempt.id
     where attempt.id = ? and (refund.id is not null or ?::text is null)
     on conflict do nothing returning id`,
    [notice.id, reference, ...refundOf(notice), notice.attemptId, ...refundOf(notice)],
  )
  return rows.length === 1
}

const refundOf = (notice: Notice): [string | null] => ['refundId' in notice ? notice.refundId : null]

const columns = `notice.id, attempt.order_id as "orderId", attempt.id as "attemptId", notice.refund_id as "refundId",
  notice.reference`

/** A notice that nobody has heeded yet. */
export async function openNotice(ctx: Context, id: string): Promise<OpenNotice | undefined> {
  const rows: OpenNotice[] = await ctx.em.execute(
    `select ${columns} from payment_notice notice join payment_attempt attempt on attempt.id = notice.attempt_id
     where notice.id = ? and notice.heeded_at is null`,
    [id],
  )
  return rows[0]
}

/** Takes some that nobody has heeded, each less often the longer it waits. Of several workers each takes different ones. */
export const openNotices = (ctx: Context, limit: number): Promise<OpenNotice[]> =>
  ctx.em.execute(
    `update payment_notice notice set tried_at = now(), tries = tries + 1 from (
       select id from payment_notice
       where heeded_at is null and created_at > now() - ${HORIZON}
         and tried_at <= now() - make_interval(secs => least(? * power(2, tries), 3600))
       order by tried_at limit ? for update skip locked
     ) due, payment_attempt attempt
     where notice.id = due.id and attempt.id = notice.attempt_id returning ${columns}`,
    [ctx.config.paymentGraceSeconds, limit],
  )

/** Marks a notice as heeded, in the transaction of what came of it. */
export async function heeded(ctx: Context, id: string): Promise<void> {
  await ctx.em.execute('update payment_notice set heeded_at = now() where id = ? and heeded_at is null', [id])
}

/** Forgets what was heeded long after the provider could repeat it. */
export const forgetNotices = (ctx: Context): Promise<unknown> =>
  ctx.em.execute(
    `delete from payment_notice where id in (
       select id from payment_notice where created_at < now() - make_interval(days => ?) and heeded_at is not null
       order by created_at limit 10000 for update skip locked
     )`,
    [NOTICES_KEPT_DAYS],
  )
