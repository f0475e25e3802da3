import { startStripeServer } from '@barrow/dev/stripe/server'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { attemptIds, connect, refundIds } from './payments.rig.ts'

const server = await startStripeServer()
afterAll(() => server.close())
beforeEach(() => server.faults.clear())
const shop = connect(server)
const { provider, order, books } = shop

describe('answers that do not come', () => {
  test('an answer lost after the card was charged, and asked for again, is one charge', async () => {
    const request = order()
    server.faults.add({ operation: 'create', kind: 'drop', when: 'after' })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
    expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
  })

  test('an answer lost is looked up without charging again', async () => {
    const request = order()
    server.faults.add({ operation: 'create', kind: 'reset', when: 'after' })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.lookUp(request.attemptId)).toMatchObject({ status: 'authorised' })
    expect(shop.sent(`${request.attemptId}:authorise`)).toHaveLength(1)
  })

  test('a lost answer to a charge or a refund changes nothing of it', async () => {
    const attempt = await shop.hold()
    server.faults.add({ operation: 'capture', kind: 'drop', when: 'after' })
    expect(await provider.capture(attempt)).toEqual({ status: 'unknown' })
    expect(await provider.capture(attempt)).toMatchObject({ status: 'captured' })

    const refundId = refundIds.new()
    server.faults.add({ operation: 'refund', kind: 'drop', when: 'after' })
    expect(await provider.refund({ ...attempt, refundId })).toEqual({ status: 'unknown' })
    expect(await provider.refund({ ...attempt, refundId })).toMatchObject({ status: 'refunded' })
    expect(books(attempt.attemptId)).toMatchObject({ captured: 20_00, refunded: 20_00 })
  })

  test.each([429, 500, 502, 503])('a server that answers %s leaves everything open', async (status) => {
    const request = order()
    server.faults.add({ kind: 'error', status, times: 4 })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.lookUp(request.attemptId)).toEqual({ status: 'unknown' })
    expect(await provider.lookUp(request.attemptId, 'pi_1')).toEqual({ status: 'unknown' })
    expect(await provider.void({ attemptId: request.attemptId, reference: 'pi_1' })).toEqual({ status: 'unknown' })
    expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
    expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
  })

  test('a server that does not answer is given up after five seconds', async () => {
    const request = order()
    server.faults.add({ operation: 'create', kind: 'slow', when: 'before', delayMs: 8_000 })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
  })

  test('nobody at the address, and a key that is not valid, leave everything open', async () => {
    const away = await startStripeServer()
    await away.close()
    for (const { provider } of [connect(away), connect(server, 'sk_test_other')]) {
      expect(await provider.authorise(order())).toEqual({ status: 'unknown' })
      expect(await provider.lookUp(attemptIds.new())).toEqual({ status: 'unknown' })
    }
  })

  test('an authorisation that is still at work when its attempt is let go holds nothing in the end', async () => {
    const request = order()
    server.faults.add({ operation: 'create', kind: 'slow', when: 'before', delayMs: 300 })
    const late = provider.authorise(request)
    expect(await provider.void({ attemptId: request.attemptId, reference: null })).toMatchObject({ status: 'voided' })
    expect(await late).toMatchObject({ status: 'voided' })
    expect(books(request.attemptId)).toMatchObject({ authorised: 0 })
  })

  test('letting go can be interrupted anywhere, and goes on', async () => {
    const attemptId = attemptIds.new()
    server.faults.add({ operation: 'cancel', kind: 'drop', when: 'before' })
    expect(await provider.void({ attemptId, reference: null })).toEqual({ status: 'unknown' })
    expect(await provider.void({ attemptId, reference: null })).toMatchObject({ status: 'voided' })
    expect(await provider.authorise(order({ attemptId }))).toMatchObject({ status: 'voided' })
  })
})

describe('failures that Stripe remembers', () => {
  const kept = { kind: 'error', status: 500, kept: true } as const

  test.each(['before', 'after'] as const)('a charge that failed %s it was made is made once', async (when) => {
    const attempt = await shop.hold()
    server.faults.add({ ...kept, operation: 'capture', when })
    expect(await provider.capture(attempt)).toEqual({ status: 'unknown' })
    expect(await provider.capture(attempt)).toMatchObject({ status: 'captured' })
    expect(books(attempt.attemptId)).toMatchObject({ captured: 20_00 })
  })

  test.each(['before', 'after'] as const)('letting go that failed %s it was done is done once', async (when) => {
    const attempt = await shop.hold()
    server.faults.add({ ...kept, operation: 'cancel', when })
    expect(await provider.void(attempt)).toEqual({ status: 'unknown' })
    expect(await provider.void(attempt)).toMatchObject({ status: 'voided' })
    expect(books(attempt.attemptId)).toMatchObject({ voided: 20_00 })
  })

  test.each(['before', 'after'] as const)('a refund that failed %s it was made is made once', async (when) => {
    const { refund, attemptId } = await shop.charge()
    const refundId = refundIds.new()
    server.faults.add({ ...kept, operation: 'refund', when })
    expect(await refund(20_00, refundId)).toEqual({ status: 'unknown' })
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'refunded' })
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'refunded' })
    expect(books(attemptId)).toMatchObject({ refunded: 20_00 })
  })

  test('a charge that fails again and again is made in the end', async () => {
    const attempt = await shop.hold()
    server.faults.add({ ...kept, operation: 'capture', times: 3 })
    for (let failure = 0; failure < 3; failure += 1) {
      expect(await provider.capture(attempt)).toEqual({ status: 'unknown' })
    }
    expect(await provider.capture(attempt)).toMatchObject({ status: 'captured' })
    expect(books(attempt.attemptId)).toMatchObject({ captured: 20_00 })
  })

  test('an authorisation that failed after it was made is found', async () => {
    const request = order()
    server.faults.add({ ...kept, operation: 'create', when: 'after' })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
    expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
  })

  test('an authorisation that failed for good counts as declined once it cannot be at work any more', async () => {
    await using server = await startStripeServer()
    const { provider, order } = connect(server)
    const request = order()
    server.faults.add({ ...kept, operation: 'create', when: 'before' })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
    expect(await provider.void({ attemptId: request.attemptId, reference: null })).toEqual({ status: 'unknown' })
    server.clock.advance(180_000)
    const failed = { status: 'declined', reference: null, code: 'processing_error' }
    expect(await provider.authorise(request)).toEqual(failed)
    expect(await provider.void({ attemptId: request.attemptId, reference: null })).toEqual(failed)
  })
})
