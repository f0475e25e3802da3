import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { idOf } from '../ids.ts'
import type { PaymentProvider, PaymentState } from './payments.ts'

/** What to hand a provider so that it behaves in a certain way. */
export interface ProviderUnderTest {
  readonly provider: PaymentProvider
  readonly methods: { readonly accepted: string; readonly declined: string; readonly needsAction: string }
  /** Does what the buyer of a payment that needs action does. */
  act(attemptId: string, outcome: 'authorised' | 'declined'): Promise<void>
}

const money = { amount: 1999, currency: 'EUR' }
const attemptId = idOf('attempt')
const refundId = idOf('refund')

/** The promises of the port: every adapter keeps all of them. */
export function keepsPaymentContract({ provider, methods, act }: ProviderUnderTest): void {
  const request = (method: string) => ({
    attemptId: attemptId.new(),
    money,
    method,
    orderNumber: randomUUID().slice(0, 11),
  })
  const authorised = async () => {
    const asked = request(methods.accepted)
    return { attemptId: asked.attemptId, reference: referenceOf(await provider.authorise(asked)), money }
  }

  test('a good card is authorised, captured and refunded in parts up to its whole', async () => {
    const attempt = await authorised()
    expect(await provider.capture(attempt)).toMatchObject({ status: 'captured' })
    const back = (amount: number) =>
      provider.refund({ ...attempt, refundId: refundId.new(), money: { ...money, amount } })
    expect(await back(999)).toMatchObject({ status: 'refunded' })
    expect(await back(1001)).toMatchObject({ status: 'refused' })
    expect(await back(1000)).toMatchObject({ status: 'refunded' })
    expect(await back(1)).toMatchObject({ status: 'refused' })
  })

  test('the same operation twenty times at once acts once and answers the same', async () => {
    const asked = request(methods.accepted)
    const answers = await Promise.all(Array.from({ length: 20 }, () => provider.authorise(asked)))
    expect(new Set(answers.map(referenceOf)).size).toBe(1)
    const attempt = { attemptId: asked.attemptId, reference: referenceOf(answers[0]), money }
    const captures = await Promise.all(Array.from({ length: 20 }, () => provider.capture(attempt)))
    expect(new Set(captures.map(({ status }) => status))).toEqual(new Set(['captured']))
    const refund = { ...attempt, refundId: refundId.new(), money: { ...money, amount: 1500 } }
    const refunds = await Promise.all(Array.from({ length: 20 }, () => provider.refund(refund)))
    expect(new Set(refunds.map(({ status }) => status))).toEqual(new Set(['refunded']))
  })

  test('a bad card is declined with a code, and stays so', async () => {
    const asked = request(methods.declined)
    expect(await provider.authorise(asked)).toMatchObject({ status: 'declined', code: expect.any(String) })
    expect(await provider.lookUp(asked.attemptId)).toMatchObject({ status: 'declined' })
  })

  test.each(['authorised', 'declined'] as const)('a buyer who has to act, and then it is %s', async (outcome) => {
    const asked = request(methods.needsAction)
    expect(await provider.authorise(asked)).toMatchObject({
      status: 'needs_action',
      clientAction: { url: expect.any(String) },
    })
    await act(asked.attemptId, outcome)
    expect(await provider.lookUp(asked.attemptId)).toMatchObject({ status: outcome })
  })

  test('an attempt nobody made is absent; once closed, it cannot be authorised any more', async () => {
    const asked = request(methods.accepted)
    expect(await provider.lookUp(asked.attemptId)).toEqual({ status: 'absent' })
    await provider.void({ attemptId: asked.attemptId, reference: null })
    expect((await provider.authorise(asked)).status).not.toBe('authorised')
  })

  test('what is let go cannot be captured; what is captured is not let go', async () => {
    const free = await authorised()
    expect(await provider.void(free)).toMatchObject({ status: 'voided' })
    expect(await provider.void(free)).toMatchObject({ status: 'voided' })
    expect((await provider.capture(free)).status).not.toBe('captured')
    const taken = await authorised()
    await provider.capture(taken)
    expect(await provider.void(taken)).toMatchObject({ status: 'captured' })
  })

  test('capture and letting go at the same moment: one of them happens', async () => {
    for (let round = 0; round < 10; round++) {
      const attempt = await authorised()
      await Promise.all([provider.capture(attempt), provider.void(attempt)])
      expect(['captured', 'voided']).toContain((await provider.lookUp(attempt.attemptId)).status)
    }
  })
}

function referenceOf(state: PaymentState | undefined): string {
  if (state === undefined || !('reference' in state) || state.reference === null) {
    throw new Error(`there is no reference in ${JSON.stringify(state)}`)
  }
  return state.reference
}
