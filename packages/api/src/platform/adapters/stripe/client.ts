import Stripe from 'stripe'

/** How long Stripe has for one answer, from the request's first byte to the answer's last. */
const TIMEOUT_MS = 5_000

export interface StripeAccount {
  /** A secret or restricted key: `sk_…` or `rk_…`. */
  readonly secretKey: string
  /** Where Stripe's API is: an origin. */
  readonly apiUrl: string
}

/** Stripe's own client, held to one request for each call and to a time limit. */
export function openStripe({ secretKey, apiUrl }: StripeAccount): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl)
  const secure = protocol === 'https:'
  return new Stripe(secretKey, {
    apiVersion: '2026-10-28.endive',
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port || (secure ? 443 : 80),
    timeout: TIMEOUT_MS,
    // Who gets no answer asks again later under the same key: retries live in one layer only.
    maxNetworkRetries: 0,
    // The library's client over node:http limits each pause of an answer, not the whole of it, and whatever the setting
    // above says it sends a second time when a connection closes. This one does neither.
    httpClient: Stripe.createFetchHttpClient(),
    // It would keep an id of this machine in a file of the home folder.
    telemetry: false,
  })
}
