import { z } from 'zod'

/** Who takes the money. */
export const paymentSettings = {
  /**
   * The built-in provider for trying things out, which moves nobody's money, or Stripe. A key alone switches nothing. In
   * production it must be said; elsewhere it is `test`.
   */
  PAYMENT_PROVIDER: z.enum(['test', 'stripe']).optional(),
  /** Stripe's secret key, or a restricted one that may write PaymentIntents and refunds. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[rs]k_\w{1,250}$/, 'must begin with sk_ or rk_')
    .optional(),
  /** The signing secret of the shop's webhook endpoint at Stripe; two, by a comma, while one replaces the other. */
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
    .pipe(z.array(z.string().regex(/^whsec_\S{1,250}$/, 'must begin with whsec_')).max(2))
    .default([]),
  /** Where Stripe's API is. */
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/ })
    .transform((text) => new URL(text).origin)
    .default('https://api.stripe.com'),
  /**
   * Where a buyer's browser goes on after 3-D Secure; the order's number is added as `order`. The storefront's
   * `/checkout/return` unless set.
   */
  STRIPE_RETURN_URL: z.url({ protocol: /^https?$/ }).optional(),
}

type Settings = z.output<z.ZodObject<typeof paymentSettings>>

/** Who takes the money, and all that it needs. */
export type PaymentConfig =
  | { readonly provider: 'test' }
  | {
      readonly provider: 'stripe'
      readonly secretKey: string
      readonly webhookSecrets: readonly string[]
      readonly apiUrl: string
      readonly returnUrl: string
    }

/** Settings that only make sense together. */
export function readPayments(
  settings: Settings & { readonly NODE_ENV: string; readonly STOREFRONT_URL: string },
  issues: z.RefinementCtx,
): PaymentConfig {
  const { PAYMENT_PROVIDER: provider = settings.NODE_ENV === 'production' ? undefined : 'test' } = settings
  if (provider === undefined) {
    const message = 'is needed in production: stripe takes money, test gives everything away'
    issues.addIssue({ code: 'custom', path: ['PAYMENT_PROVIDER'], message })
    return z.NEVER
  }
  if (provider === 'test') return { provider }
  if (settings.STRIPE_SECRET_KEY === undefined) {
    const message = 'is needed when PAYMENT_PROVIDER is stripe'
    issues.addIssue({ code: 'custom', path: ['STRIPE_SECRET_KEY'], message })
    return z.NEVER
  }
  return {
    provider,
    secretKey: settings.STRIPE_SECRET_KEY,
    webhookSecrets: settings.STRIPE_WEBHOOK_SECRET,
    apiUrl: settings.STRIPE_API_URL,
    returnUrl: settings.STRIPE_RETURN_URL ?? `${settings.STOREFRONT_URL}/checkout/return`,
  }
}
