import type { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { TEST_BANK } from '../http/test-bank.ts'
import type { PaymentProvider } from '../ports/payments.ts'
import { createTestPayments } from './test-payments.ts'

/** Whoever takes the money, as the configuration says. */
export async function openPayments(
  config: Config,
  { orm, log }: { orm: MikroORM; log: Logger },
): Promise<PaymentProvider> {
  const { payments, http } = config
  if (payments.provider === 'test') return createTestPayments(orm, `${http.publicUrl}${TEST_BANK}`)
  // Loaded by the shops that use it: Stripe's library alone takes 0.2 seconds to start.
  const { createStripePayments } = await import('./stripe/payments.ts')
  return createStripePayments({ ...payments, log })
}
