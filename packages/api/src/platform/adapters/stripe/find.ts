import type Stripe from 'stripe'
import { madeAt } from '../../ids.ts'

const HOUR_MS = 3_600_000
/** Stripe keeps idempotency keys for a day at least; an hour of it is left to clocks that differ. */
const KEY_LIFE_MS = 23 * HOUR_MS
/** Stripe's search may run an hour behind what has happened. Its lists do not. */
const SEARCH_LAG_MS = HOUR_MS
const CLOCK_MARGIN_MS = 10 * 60_000
/** Ten pages: a look-up that needs more waits for the search. */
const MOST_LISTED = 1_000

/** How long ago, in milliseconds, an id was made. */
export const ageOf = (id: string, now: Date): number => now.getTime() - madeAt(id).getTime()

/** Whether Stripe may have forgotten the keys of what this id names, so that sending again could act twice. */
export const isForgotten = (id: string, now: Date): boolean => ageOf(id, now) > KEY_LIFE_MS

/** The intent that carries an attempt's id; `absent` when there is none for certain, `unclear` when Stripe cannot tell yet. */
export async function findIntent(
  stripe: Stripe,
  attemptId: string,
  now: Date,
): Promise<Stripe.PaymentIntent | 'absent' | 'unclear'> {
  const isRecent = ageOf(attemptId, now) < SEARCH_LAG_MS
  const listed = isRecent ? await listedSince(stripe, attemptId) : 'absent'
  if (typeof listed === 'object') return listed
  const { data } = await stripe.paymentIntents.search({ query: `metadata['attempt']:'${attemptId}'`, limit: 1 })
  const found = data[0]
  // What the search shows may be as old as its index.
  return found === undefined ? listed : stripe.paymentIntents.retrieve(found.id)
}

async function listedSince(stripe: Stripe, attemptId: string): Promise<Stripe.PaymentIntent | 'absent' | 'unclear'> {
  const since = Math.floor((madeAt(attemptId).getTime() - CLOCK_MARGIN_MS) / 1_000)
  let seen = 0
  for await (const intent of stripe.paymentIntents.list({ created: { gte: since }, limit: 100 })) {
    if (intent.metadata.attempt === attemptId) return intent
    seen += 1
    if (seen === MOST_LISTED) return 'unclear'
  }
  return 'absent'
}

/** The refund of a payment that carries a refund's id. */
export async function findRefund(
  stripe: Stripe,
  { refundId, reference }: { refundId: string; reference: string },
): Promise<Stripe.Refund | undefined> {
  for await (const refund of stripe.refunds.list({ payment_intent: reference, limit: 100 })) {
    if (refund.metadata?.refund === refundId) return refund
  }
  return undefined
}
