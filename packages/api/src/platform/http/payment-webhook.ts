import { type Context, createWorkContext, type Runtime } from '../context.ts'
import { newRequestId } from '../ids.ts'
import { type Notice, sendsWebhooks } from '../ports/payment-webhooks.ts'
import { securityEvent } from '../security-events.ts'
import { readBody } from './body.ts'
import { answerJson, type Route } from './route.ts'

/** Where the payment provider tells what became of payments. */
export const PAYMENT_WEBHOOK = '/payments/webhook'
const MAX_BODY = 256 * 1024

/**
 * Hears the payment provider: what it signed, judged by its bytes. Whoever else calls is refused. `note` keeps a notice,
 * so that it is never lost once it was answered, and says whether that was news; `heed` acts on it.
 */
export const paymentWebhookRoute = (
  runtime: Runtime,
  {
    note,
    heed,
  }: { note(ctx: Context, notice: Notice): Promise<boolean>; heed(ctx: Context, id: string): Promise<unknown> },
): Route => ({
  path: PAYMENT_WEBHOOK,
  methods: ['POST'],
  answer: async (request, response) => {
    const { payments } = runtime
    if (!sendsWebhooks(payments)) return false
    const ctx = createWorkContext(runtime, 'payment-webhook', 'payments.webhook', newRequestId())
    const refuse = (status: number, reason: string) => {
      securityEvent(ctx, 'webhook_signature_refused', { reason })
      // What is still being sent is not read.
      response.setHeader('Connection', 'close')
      answerJson(request, response, status, { received: false })
      return true
    }
    const signature = request.headers[payments.webhooks.signatureHeader]
    if (typeof signature !== 'string') return refuse(400, 'unsigned')
    const rawBody = await readBody(request, MAX_BODY)
    if (rawBody === undefined) return refuse(413, 'too large')
    const said = payments.webhooks.verifyWebhook({ rawBody, signature, receivedAt: await databaseTime(ctx) })
    if (said.verdict === 'refused') return refuse(400, said.reason)
    if (said.verdict === 'notice' && (await note(ctx, said.notice))) {
      // It is kept: whatever goes wrong from here on, the worker heeds it later.
      await heed(ctx, said.notice.id).catch((error: unknown) =>
        ctx.log.warn({ err: error, notice: said.notice.id }, 'payment notice put off'),
      )
    }
    answerJson(request, response, 200, { received: true })
    return true
  },
})

async function databaseTime(ctx: Context): Promise<Date> {
  const rows: { at: Date }[] = await ctx.em.execute('select now() as at')
  const at = rows[0]?.at
  if (at === undefined) throw new Error('the database did not tell the time')
  return at
}
