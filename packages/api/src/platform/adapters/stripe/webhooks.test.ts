import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startStripeServer } from '@barrow/dev/stripe/server'
import { sign } from '@barrow/dev/stripe/webhooks'
import { afterAll, describe, expect, test } from 'vitest'
import type { WebhookDelivery, WebhookVerdict } from '../../ports/payment-webhooks.ts'
import { attemptIds, connect, money } from './payments.rig.ts'
import { createStripeWebhooks } from './webhooks.ts'

const SECRET = 'whsec_current'
const webhooks = createStripeWebhooks([SECRET])

const intentEvent = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  data: { object: { id: 'pi_1', object: 'payment_intent', status: 'succeeded', metadata: { attempt: 'attempt_1' } } },
})
const deliver = (body: string, signature: string | undefined): WebhookDelivery => ({
  rawBody: Buffer.from(body),
  signature,
  receivedAt: new Date(),
})
const notice = {
  verdict: 'notice',
  notice: { id: 'evt_1', attemptId: 'attempt_1', state: { status: 'captured', reference: 'pi_1' } },
}
const forged = { verdict: 'refused', reason: 'forged' }

describe('who may tell', () => {
  test('what Stripe signed is believed', () => {
    expect(webhooks.verifyWebhook(deliver(intentEvent, sign(intentEvent, [SECRET])))).toEqual(notice)
  })

  test.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['words', 'let me in'],
    ['a time alone', `t=${Math.floor(Date.now() / 1_000)}`],
    ["somebody else's secret", sign(intentEvent, ['whsec_other'])],
    ['another scheme', sign(intentEvent, [SECRET]).replace('v1=', 'v0=')],
    ['the signature of another body', sign(intentEvent.replace('pi_1', 'pi_2'), [SECRET])],
    ['a signature cut short', sign(intentEvent, [SECRET]).slice(0, -1)],
    ['a signature of another time', sign(intentEvent, [SECRET]).replace(/t=\d+/, (time) => `${time}0`)],
  ])('%s is not', (_, signature) => {
    expect(webhooks.verifyWebhook(deliver(intentEvent, signature))).toEqual(forged)
  })

  test('a body that was changed on the way is not believed, however little', () => {
    const signature = sign(intentEvent, [SECRET])
    for (const body of [intentEvent.replace('pi_1', 'pi_2'), `${intentEvent} `, intentEvent.replace(',', ', ')]) {
      expect(webhooks.verifyWebhook(deliver(body, signature))).toEqual(forged)
    }
  })

  test('what was signed more than 300 seconds ago is stale, by the clock it is received by', () => {
    const aged = (seconds: number) => webhooks.verifyWebhook(deliver(intentEvent, sign(intentEvent, [SECRET], seconds)))
    expect(aged(290)).toEqual(notice)
    expect(aged(310)).toEqual({ verdict: 'refused', reason: 'stale' })
    const late = { ...deliver(intentEvent, sign(intentEvent, [SECRET])), receivedAt: new Date(Date.now() + 86_400_000) }
    expect(webhooks.verifyWebhook(late)).toEqual({ verdict: 'refused', reason: 'stale' })
  })

  test('while one secret replaces the other, both are believed', () => {
    const both = createStripeWebhooks(['whsec_next', SECRET])
    for (const secrets of [['whsec_next'], [SECRET], ['whsec_next', SECRET]]) {
      expect(both.verifyWebhook(deliver(intentEvent, sign(intentEvent, secrets)))).toEqual(notice)
    }
    expect(both.verifyWebhook(deliver(intentEvent, sign(intentEvent, ['whsec_old'])))).toEqual(forged)
    expect(createStripeWebhooks([]).verifyWebhook(deliver(intentEvent, sign(intentEvent, [''])))).toEqual(forged)
  })
})

describe('what is told', () => {
  const told = (event: unknown): WebhookVerdict => {
    const body = typeof event === 'string' ? event : JSON.stringify(event)
    return webhooks.verifyWebhook(deliver(body, sign(body, [SECRET])))
  }

  test.each([
    ['an event of another kind', { id: 'evt_1', type: 'customer.created', data: { object: { id: 'cus_1' } } }],
    ['a payment of another system', JSON.parse(intentEvent.replace('"attempt"', '"order"'))],
    ['an intent that was just made', JSON.parse(intentEvent.replace('intent.succeeded', 'intent.created'))],
  ])('%s is nothing to us', (_, event) => {
    expect(told(event)).toEqual({ verdict: 'irrelevant' })
  })

  test.each([
    ['no JSON', 'hello'],
    ['no event', []],
    ['an intent without a state', JSON.parse(intentEvent.replace('"status"', '"state"'))],
    ['a thin notification', { ...JSON.parse(intentEvent), object: 'v2.core.event' }],
  ])('%s is refused, though Stripe signed it', (_, event) => {
    expect(told(event)).toEqual({ verdict: 'refused', reason: 'unreadable' })
  })
})

describe('what a payment tells', async () => {
  const received: WebhookDelivery[] = []
  let refusals = 0
  const shopfront = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const rawBody = Buffer.concat(chunks)
    const signature = request.headers[webhooks.signatureHeader]
    if (typeof signature === 'string') received.push({ rawBody, signature, receivedAt: new Date() })
    refusals -= 1
    response.writeHead(refusals >= 0 ? 503 : 200).end()
  })
  await new Promise<void>((resolve) => shopfront.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address of this form.
  const url = `http://127.0.0.1:${(shopfront.address() as AddressInfo).port}/`
  const server = await startStripeServer({ webhook: { url, secrets: [SECRET] } })
  const { provider, order, hold } = connect(server)
  afterAll(async () => {
    await server.close()
    shopfront.closeAllConnections()
    shopfront.close()
  })

  /** What reached the shop about an attempt, in the order it came. */
  const toldOf = async (attemptId: string) => {
    await server.webhooks.idle()
    return received.flatMap((delivery) => {
      const said = webhooks.verifyWebhook(delivery)
      expect(said.verdict).not.toBe('refused')
      return said.verdict === 'notice' && 'state' in said.notice && said.notice.attemptId === attemptId
        ? [said.notice]
        : []
    })
  }

  test('a payment is told as it is held, charged, let go, declined and asked about', async () => {
    server.webhooks.travel({})
    const charged = await hold()
    await provider.capture(charged)
    const released = await hold()
    await provider.void(released)
    const declined = order({ method: 'pm_card_chargeDeclinedInsufficientFunds' })
    await provider.authorise(declined)
    const asked = order({ method: 'pm_card_authenticationRequired' })
    const state = await provider.authorise(asked)
    const states = async (attemptId: string) => (await toldOf(attemptId)).map(({ state }) => state.status).sort()
    expect(await states(charged.attemptId)).toEqual(['authorised', 'captured'])
    expect(await states(released.attemptId)).toEqual(['authorised', 'voided'])
    expect((await toldOf(declined.attemptId))[0]?.state).toMatchObject({
      status: 'declined',
      code: 'insufficient_funds',
    })
    expect((await toldOf(asked.attemptId))[0]?.state).toEqual(state)
  })

  test('what comes five times and out of order has one id for each thing that happened', async () => {
    server.webhooks.travel({ copies: 5, shuffle: true, hold: true })
    const attempt = await hold()
    await provider.capture(attempt)
    expect(await toldOf(attempt.attemptId)).toEqual([])
    server.webhooks.release()
    const notices = await toldOf(attempt.attemptId)
    expect(notices).toHaveLength(10)
    const ids = Map.groupBy(notices, ({ id }) => id)
    expect([...ids.values()].map((same) => new Set(same.map(({ state }) => state.status)).size)).toEqual([1, 1])
    expect(await provider.lookUp(attempt.attemptId)).toMatchObject({ status: 'captured' })
  })

  test('a shop that does not accept a notice is told again, under the same id', async () => {
    server.webhooks.travel({ backoffMs: 1 })
    refusals = 2
    const request = order()
    await provider.authorise({ ...request, attemptId: attemptIds.new(), money })
    await server.webhooks.idle()
    const refused = server.webhooks.deliveries().filter(({ status }) => status === 503)
    expect(refused).toHaveLength(2)
    for (const { event } of refused) {
      expect(server.webhooks.deliveries().some((delivery) => delivery.event === event && delivery.status === 200)).toBe(
        true,
      )
    }
  })
})
