import { names } from './names.ts'
import { createTestPayments } from './platform/adapters/test-payments.ts'
import type { Runtime } from './platform/context.ts'
import { mailboxRoutes } from './platform/http/mailbox.ts'
import { mediaRoute } from './platform/http/media.ts'
import { paymentWebhookRoute } from './platform/http/payment-webhook.ts'
import type { Route } from './platform/http/route.ts'
import { createHttp, type HttpServer } from './platform/http/server.ts'
import { testBankRoute } from './platform/http/test-bank.ts'
import type { Health } from './platform/observe/health.ts'
import { restPages } from './platform/rest/pages.ts'
import { appRouter } from './runtime.ts'
import { authenticate } from './shop/auth/index.ts'
import { heed } from './shop/order/index.ts'
import { note } from './shop/payment/index.ts'

/** The whole shop over HTTP, as `main.ts` and tests serve it: procedures, health, and its images if it keeps any. */
export function serve(runtime: Runtime, health?: Health): HttpServer {
  const { mediaDir } = runtime.config.http
  return createHttp(runtime, {
    router: appRouter,
    ...(health !== undefined && { health }),
    authenticate,
    routes: [
      ...restPages(appRouter, names, runtime.config.http),
      paymentWebhookRoute(runtime, { note, heed }),
      ...(mediaDir === '' ? [] : [mediaRoute(mediaDir)]),
      ...developmentRoutes(runtime),
    ],
  })
}

/** Pages for whoever builds a shop: what was mailed, and the bank of the built-in payment provider. */
function developmentRoutes({ config, orm }: Runtime): Route[] {
  if (config.environment !== 'development') return []
  return [...mailboxRoutes(config.mail.mailboxDir), testBankRoute(createTestPayments(orm))]
}
