import { startStripeServer } from '@barrow/dev/stripe/server'
import { expect, test } from 'vitest'
import { connect, refundIds } from './payments.rig.ts'

const HOUR = 3_600_000

test('an authorisation whose key Stripe has forgotten is looked up, not sent again', async () => {
  await using server = await startStripeServer()
  const { provider, order, books, sent } = connect(server)
  const request = order()
  server.faults.add({ operation: 'create', kind: 'drop', when: 'after' })
  expect(await provider.authorise(request)).toEqual({ status: 'unknown' })
  server.clock.advance(25 * HOUR)
  expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
  expect(sent(`${request.attemptId}:authorise`)).toHaveLength(1)
  expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
})

test('an authorisation that never arrived is sent after all', async () => {
  await using server = await startStripeServer()
  const { provider, order, books } = connect(server)
  const request = order()
  server.clock.advance(25 * HOUR)
  expect(await provider.lookUp(request.attemptId)).toEqual({ status: 'absent' })
  expect(await provider.authorise(request)).toMatchObject({ status: 'authorised' })
  expect(books(request.attemptId)).toMatchObject({ authorised: 20_00 })
})

test('among a thousand payments, one that was given up before Stripe heard of it is closed at once, one that it holds is let go', async () => {
  await using server = await startStripeServer()
  const { provider, order, hold, books } = connect(server)
  const never = order()
  const held = await hold()
  const headers = { Authorization: `Bearer ${server.secretKey}` }
  const one = async () => {
    const body = new URLSearchParams({ amount: '100', currency: 'eur' })
    const answer = await fetch(`${server.url}/v1/payment_intents`, { method: 'POST', headers, body })
    expect(answer.status, await answer.text()).toBe(200)
  }
  for (let many = 0; many < 20; many += 1) await Promise.all(Array.from({ length: 51 }, one))
  expect(await provider.lookUp(never.attemptId)).toEqual({ status: 'unknown' })
  expect(await provider.void({ attemptId: never.attemptId, reference: null })).toMatchObject({ status: 'voided' })
  // What was under way when it was given up comes too late.
  expect(await provider.authorise(never)).toMatchObject({ status: expect.not.stringMatching('authorised') })
  expect(books(never.attemptId)).toMatchObject({ authorised: 0 })
  expect(await provider.void({ attemptId: held.attemptId, reference: null })).toEqual({ status: 'unknown' })
  server.clock.advance(2 * 60_000)
  expect(await provider.void({ attemptId: held.attemptId, reference: null })).toMatchObject({ status: 'voided' })
})

test('a refund whose key Stripe has forgotten is looked up, not sent again', async () => {
  await using server = await startStripeServer()
  const { charge, books, sent } = connect(server)
  const { refund, attemptId } = await charge()
  const refundId = refundIds.new()
  server.faults.add({ operation: 'refund', kind: 'drop', when: 'after' })
  expect(await refund(5_00, refundId)).toEqual({ status: 'unknown' })
  server.clock.advance(25 * HOUR)
  expect(await refund(5_00, refundId)).toMatchObject({ status: 'refunded' })
  expect(sent(`${refundId}:refund`)).toHaveLength(1)
  expect(books(attemptId)).toMatchObject({ refunded: 5_00 })
})

test('a refund that never arrived is sent after all', async () => {
  await using server = await startStripeServer()
  const { charge, books } = connect(server)
  const { refund, attemptId } = await charge()
  const refundId = refundIds.new()
  server.clock.advance(25 * HOUR)
  const late = await connect(server).charge()
  expect(await refund(5_00, refundId)).toMatchObject({ status: 'refunded' })
  expect(await late.refund()).toMatchObject({ status: 'refunded' })
  expect(books(attemptId)).toMatchObject({ refunded: 5_00 })
})

test('what the search does not know yet is found in the list, and what the list is too long for in the search', async () => {
  await using server = await startStripeServer({ searchLagSeconds: 60 })
  const { provider, hold } = connect(server)
  const { attemptId } = await hold()
  expect(await provider.lookUp(attemptId)).toMatchObject({ status: 'authorised' })
  expect(server.exchanges().filter(({ operation }) => operation === 'search')).toHaveLength(0)
  server.clock.advance(2 * HOUR)
  expect(await provider.lookUp(attemptId)).toMatchObject({ status: 'authorised' })
  expect(server.exchanges().filter(({ operation }) => operation === 'list')).toHaveLength(1)
})
