import * as auth from '@barrow/api/auth'
import * as cart from '@barrow/api/cart'
import * as catalog from '@barrow/api/catalog'
import * as order from '@barrow/api/order'
import * as payment from '@barrow/api/payment'
import * as product from '@barrow/api/product'
import { proveAndTell } from '@barrow/api/prove'
import type { Context, Runtime } from '@barrow/api/runtime'
import * as webhook from '@barrow/api/webhook'
import { createWorkContext, KEYS_KEPT_HOURS, prune, pruneCounts, takeTurn } from '@barrow/api/work'

export interface Schedule {
  readonly name: string
  readonly everySeconds: number
  readonly run: (ctx: Context) => Promise<unknown>
  /** It may take minutes: the others do not wait for it. */
  readonly long?: true
}

const forgetKeys = (ctx: Context) =>
  ctx.em.execute(
    `delete from idempotency_key where ctid in (
       select ctid from idempotency_key where created_at < now() - make_interval(hours => ?) limit 10000 for update skip locked
     )`,
    [KEYS_KEPT_HOURS],
  )

/** Work that nothing asks for but the time. Each is safe to run twice, and takes on a bounded amount a turn unless it is long. */
export const schedules: readonly Schedule[] = [
  { name: 'complete-payments', everySeconds: 5, run: order.completePayments },
  { name: 'heed-payment-notices', everySeconds: 5, run: order.heedOpen },
  { name: 'complete-unanswered', everySeconds: 60, run: order.completeUnanswered },
  { name: 'forget-payment-notices', everySeconds: 3600, run: payment.forgetNotices },
  { name: 'remove-abandoned-carts', everySeconds: 60, run: cart.removeAbandoned },
  { name: 'expire-unpaid-orders', everySeconds: 5, run: order.expireUnpaid },
  { name: 'forget-idempotency-keys', everySeconds: 600, run: forgetKeys },
  { name: 'sweep-accounts', everySeconds: 3600, run: auth.sweep },
  { name: 'forget-webhook-deliveries', everySeconds: 60, run: webhook.forgetOld },
  { name: 'forget-counts', everySeconds: 60, run: pruneCounts },
  { name: 'prune-events', everySeconds: 10, run: prune },
  { name: 'reseal-webhook-secrets', everySeconds: 600, run: webhook.resealSecrets },
  { name: 'reseal-authenticators', everySeconds: 600, run: auth.resealTotp },
  { name: 'complete-listed-prices', everySeconds: 600, run: product.completeListedPrices, long: true },
  { name: 'tidy-search', everySeconds: 10, run: catalog.tidyIndexes },
  { name: 'prove', everySeconds: 3600, run: proveAndTell, long: true },
]

/** Runs what is due: of all workers one takes each turn. */
export async function runDue(runtime: Runtime): Promise<void> {
  for (const { name, everySeconds, run, long } of schedules) {
    const ctx = createWorkContext(runtime, 'worker', `schedule:${name}`, name)
    const turn = async () => {
      if (!(await takeTurn(ctx, name, everySeconds))) return
      const ended = run(ctx)
      if (long) ended.catch(failed)
      else await ended
    }
    const failed = (error: unknown) => ctx.log.error({ err: error, schedule: name }, 'schedule failed')
    await turn().catch(failed)
  }
}
