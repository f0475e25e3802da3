import { createBarrow } from '@barrow/sdk'
import { expect, test, vi } from 'vitest'
import { buyer } from '../test-buyer.ts'
import { goods } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'
import { type CollectedSpan, startCollector } from './collector.ts'
import { startProgram } from './program.ts'

const shop = await testShop()
const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

test('one trace leads from the call of a client to its statements and to what a worker did for it', async () => {
  await using collector = await startCollector()
  const env = { ...shop.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  await using worker = startProgram('worker', env)
  await using api = startProgram('api', env)
  const { port } = await api.said('api listening')
  await worker.said('worker started')

  const { variantIds } = await goods(shop, { onHand: 5 })
  const [variantId = 'variant_none' as const] = variantIds
  // Opens delivery; who buys below comes over the network.
  await buyer(shop, [{ variantId }])
  let traced = false
  let kept = {}
  const barrow = createBarrow({
    url: `http://127.0.0.1:${port}`,
    session: {
      get: () => kept,
      set(credentials) {
        kept = credentials
      },
    },
    traceparent: () => (traced ? `00-${traceId}-${spanId}-01` : undefined),
  })
  const { id: cartId } = await barrow.cart.create.mutate({ currency: 'EUR' })
  await barrow.cart.addLine.mutate({ cartId, variantId })
  const address = { name: 'MARK', line1: 'MARK 1', city: 'MARK', postalCode: '10115', countryCode: 'DE' }
  await barrow.cart.setDetails.mutate({ cartId, email: 'MARK@example.com', shippingAddress: address })
  const offers = await barrow.shippingMethod.available.query({ countryCode: 'DE', currency: 'EUR' })
  const { quote } = await barrow.cart.setShippingMethod.mutate({ cartId, shippingMethodId: offers.rows[0]?.id ?? null })
  traced = true
  await barrow.order.place.mutate({ cartId, quote, paymentMethod: 'test_accept' })

  const ours = () => collector.spans.filter((span) => span.traceId === traceId)
  const named = (name: string): CollectedSpan => {
    const span = ours().find((span) => span.name === name)
    if (span === undefined)
      throw new Error(
        `no ${name} among ${ours()
          .map((span) => span.name)
          .join(', ')}`,
      )
    return span
  }
  // Each process sends its spans when it has some; which of them comes first is chance.
  const soon = { timeout: 50_000, interval: 200 }
  await vi.waitFor(() => named('mail order.confirmed'), soon)
  await vi.waitFor(() => named('POST /trpc'), soon)

  const request = named('POST /trpc')
  expect([request.service, request.parentSpanId]).toEqual(['barrow-api', spanId])
  const call = named('order.place')
  expect(call.parentSpanId).toBe(request.spanId)
  const statements = ours().filter((span) => span.parentSpanId === call.spanId)
  expect(statements.map((span) => span.attributes['db.system.name'])).toContain('postgresql')
  expect(statements.map((span) => span.name)).toEqual(expect.arrayContaining(['begin', 'commit']))
  expect(statements.some((span) => String(span.attributes['db.query.text']).includes('reservation'))).toBe(true)

  const capture = named('order-processing order.payment_authorised')
  expect([capture.service, capture.parentSpanId]).toEqual(['barrow-worker', call.spanId])
  expect(ours().some((span) => span.parentSpanId === capture.spanId && span.name === 'commit')).toBe(true)
  // What a consumer publishes goes on from there.
  expect(named('mail order.confirmed').parentSpanId).toBe(capture.spanId)
  expect(named('relay order.payment_authorised').parentSpanId).toBe(call.spanId)
  // Nothing personal, and nothing a statement was given, is in any of it.
  expect(collector.bodies.join('\n')).not.toContain('MARK')
  expect(collector.bodies.join('\n')).not.toContain(Reflect.get(kept, 'guest'))
})

test('a shop that nobody told where to send traces loads nothing to make them', async () => {
  const tell = `import{registerHooks}from'node:module';registerHooks({load(url,context,next){
    if(url.includes('sdk-trace'))console.log('LOADED');return next(url,context)}})`
  const env = { ...shop.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` }
  const loads = async (more: Record<string, string>) => {
    await using api = startProgram('api', { ...env, ...more })
    await api.said('api listening')
    return api.lines.includes('LOADED')
  }
  expect(await loads({})).toBe(false)
  expect(await loads({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toBe(true)
})

test('a client names a trace for each request when asked to, and none otherwise', async () => {
  const seen: (string | null)[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    seen.push(new Headers(init?.headers).get('traceparent'))
    return Response.json({ result: { data: { json: { rows: [], next: null } } } })
  }
  const url = 'http://127.0.0.1:1'
  await createBarrow({ url, fetch }).category.get.query({ slug: 'a' })
  for (const slug of ['b', 'c']) await createBarrow({ url, fetch, traceparent: true }).category.get.query({ slug })
  expect(seen[0]).toBeNull()
  expect(seen[1]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(seen[2]).not.toBe(seen[1])
})
