import { startStripeServer } from '@barrow/dev/stripe/server'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { keepsPaymentContract } from '../../ports/payments.contract.ts'
import { connect, refundIds } from './payments.rig.ts'

const server = await startStripeServer()
afterAll(() => server.close())
beforeEach(() => server.faults.clear())
const shop = connect(server)
const { provider, order, books } = shop

describe('what the shop relies on', () => {
  keepsPaymentContract({
    provider,
    methods: {
      accepted: 'pm_card_visa',
      declined: 'pm_card_chargeDeclinedInsufficientFunds',
      needsAction: 'pm_card_authenticationRequired',
    },
    async act(attemptId, outcome) {
      const state = await provider.lookUp(attemptId)
      if (state.status === 'needs_action') server.act(state.reference, outcome)
    },
  })
})

describe('what the books say', () => {
  test('an attempt that is authorised again, one after another and at once, holds the money once', async () => {
    const request = order()
    const first = await provider.authorise(request)
    expect(await provider.authorise(request)).toEqual(first)
    const others = await Promise.all(Array.from({ length: 10 }, () => provider.authorise(request)))
    expect(others).toEqual(others.map(() => first))
    expect(books(request.attemptId)).toEqual({ authorised: 20_00, captured: 0, voided: 0, refunded: 0 })
  })

  test('an authorisation under way is not sent past', async () => {
    const request = order()
    server.faults.add({ operation: 'create', kind: 'slow', when: 'after', delayMs: 300 })
    const states = await Promise.all([provider.authorise(request), provider.authorise(request)])
    expect(states.map(({ status }) => status).sort()).toEqual(['authorised', 'unknown'])
    expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
  })

  test('a declined card holds nothing', async () => {
    const request = order({ method: 'pm_card_chargeDeclined' })
    await provider.authorise(request)
    expect(books(request.attemptId)).toEqual({ authorised: 0, captured: 0, voided: 0, refunded: 0 })
  })

  test('a charge made again is one charge', async () => {
    const attempt = await shop.charge()
    expect(await provider.capture(attempt)).toEqual({ status: 'captured', reference: attempt.reference })
    expect(books(attempt.attemptId)).toMatchObject({ captured: 20_00 })
  })

  test('what is let go is not charged, and what is charged is not let go', async () => {
    const held = await shop.hold()
    await provider.void(held)
    expect(await provider.capture(held)).toEqual({ status: 'voided', reference: held.reference })
    expect(books(held.attemptId)).toMatchObject({ captured: 0, voided: 20_00 })
    const charged = await shop.charge()
    expect(await provider.void(charged)).toEqual({ status: 'captured', reference: charged.reference })
    expect(books(charged.attemptId)).toMatchObject({ captured: 20_00, voided: 0 })
  })

  test('money is let go when only the id of its attempt is known', async () => {
    const { attemptId, reference } = await shop.hold()
    expect(await provider.void({ attemptId, reference: null })).toEqual({ status: 'voided', reference })
    expect(books(attemptId)).toMatchObject({ voided: 20_00 })
  })

  test('an attempt that is let go before it arrives holds nothing when it does', async () => {
    const request = order()
    expect(await provider.lookUp(request.attemptId)).toEqual({ status: 'absent' })
    expect(await provider.void({ attemptId: request.attemptId, reference: null })).toMatchObject({ status: 'voided' })
    expect(await provider.authorise(request)).toMatchObject({ status: 'voided' })
    expect(server.ledger.of(request.attemptId)).toEqual([])
  })

  test('a buyer who has acted is not asked again', async () => {
    const request = order({ method: 'pm_card_authenticationRequired' })
    const state = await provider.authorise(request)
    if (state.status !== 'needs_action') throw new Error(state.status)
    expect(books(request.attemptId)).toMatchObject({ authorised: 0 })
    server.act(state.reference, 'authorised')
    expect(await provider.authorise(request)).toEqual({ status: 'authorised', reference: state.reference })
    expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
  })

  test('refunds add up to no more than was charged, and each is made once', async () => {
    const { refund, attemptId } = await shop.charge()
    const refundId = refundIds.new()
    const made = await refund(5_00, refundId)
    expect(made).toMatchObject({ status: 'refunded' })
    expect(await Promise.all(Array.from({ length: 10 }, () => refund(5_00, refundId)))).toEqual(Array(10).fill(made))
    expect(await refund(15_01)).toMatchObject({ status: 'refused' })
    expect(await refund(15_00)).toMatchObject({ status: 'refunded' })
    expect(await refund(1)).toEqual({ status: 'refused', code: 'charge_already_refunded' })
    expect(books(attemptId)).toMatchObject({ captured: 20_00, refunded: 20_00 })
  })

  test('what was only held is not handed back', async () => {
    const held = await shop.hold()
    expect(await provider.refund({ ...held, refundId: refundIds.new() })).toMatchObject({ status: 'refused' })
    expect(books(held.attemptId)).toMatchObject({ refunded: 0 })
  })
})

describe('cards', () => {
  test.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_nobody_has', 'resource_missing'],
  ])('%s is declined as %s', async (method, code) => {
    expect(await provider.authorise(order({ method }))).toMatchObject({ status: 'declined', code })
  })

  test('a buyer comes back from their bank to the shop, with the order they paid', async () => {
    const state = await provider.authorise(order({ method: 'pm_card_threeDSecure2Required', orderNumber: 'A-77' }))
    if (state.status !== 'needs_action') throw new Error(state.status)
    const page = await fetch(state.clientAction.url)
    expect(await page.text()).toContain('<form')
    const body = new URLSearchParams({ outcome: 'authorised' })
    const gone = await fetch(state.clientAction.url, { method: 'POST', body, redirect: 'manual' })
    const back = new URL(gone.headers.get('location') ?? '')
    expect(back.origin + back.pathname).toBe('https://shop.example.com/checkout/return')
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      lang: 'en',
      order: 'A-77',
      payment_intent: state.reference,
      redirect_status: 'succeeded',
    })
  })

  test('a card that proves its owner and has no money is declined for that', async () => {
    const method = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds'
    const request = order({ method })
    const state = await provider.authorise(request)
    if (state.status !== 'needs_action') throw new Error(state.status)
    server.act(state.reference, 'authorised')
    expect(await provider.lookUp(request.attemptId)).toMatchObject({ status: 'declined', code: 'insufficient_funds' })
  })

  test('a refund that the bank is slow with is known only when it is made', async () => {
    await using server = await startStripeServer()
    const { refund } = await connect(server).charge('pm_card_pendingRefund')
    const refundId = refundIds.new()
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'pending' })
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'pending' })
    server.settleRefunds()
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'refunded' })
  })

  test('a refund that the bank sends back is refused, and the books say so', async () => {
    await using server = await startStripeServer()
    const { charge, books } = connect(server)
    const { refund, attemptId } = await charge('pm_card_refundFail')
    const refundId = refundIds.new()
    expect(await refund(20_00, refundId)).toMatchObject({ status: 'refunded' })
    server.settleRefunds()
    expect(await refund(20_00, refundId)).toEqual({ status: 'refused', code: 'expired_or_canceled_card' })
    expect(books(attemptId)).toMatchObject({ refunded: 0 })
  })
})

describe('currencies', () => {
  test.each([
    [{ amount: 12_50, currency: 'EUR' }, 12_50, 'eur'],
    [{ amount: 500, currency: 'JPY' }, 500, 'jpy'],
    [{ amount: 1_230, currency: 'KWD' }, 1_230, 'kwd'],
    [{ amount: 500, currency: 'ISK' }, 500_00, 'isk'],
  ])('%j is charged as %i %s', async (money, amount, currency) => {
    const request = order({ money })
    expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
    expect(server.ledger.of(request.attemptId)).toMatchObject([{ kind: 'authorised', amount, currency }])
  })

  test('an amount that cards cannot carry is declined before anybody is asked, and not refunded either', async () => {
    const request = order({ money: { amount: 1_235, currency: 'KWD' } })
    const code = 'amount_not_chargeable'
    expect(await provider.authorise(request)).toEqual({ status: 'declined', reference: null, code })
    expect(shop.sent(`${request.attemptId}:authorise`)).toEqual([])
    const { attemptId, reference } = await shop.charge()
    const refund = { refundId: refundIds.new(), attemptId, reference, money: { amount: 5, currency: 'KWD' } }
    expect(await provider.refund(refund)).toEqual({ status: 'refused', code })
  })

  test('an amount below what Stripe takes is declined', async () => {
    const state = await provider.authorise(order({ money: { amount: 1, currency: 'EUR' } }))
    expect(state).toEqual({ status: 'declined', reference: null, code: 'amount_too_small' })
  })
})
