import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { buyer } from '../test-buyer.ts'
import { goods } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'
import { startCollector } from './collector.ts'
import { startProgram } from './program.ts'

const shop = await testShop()
const password = 'MARKpassword 4 words long'
const email = 'MARKmail@example.com'
/** Addresses are compared in lower case. */
const MARKS = /MARK\w*|markmail/

test('whatever people type, and whatever lets them in, is in no line of the log and in nothing that carries events', async () => {
  await using collector = await startCollector()
  const env = { ...shop.env, INTERNAL_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  await using worker = startProgram('worker', env)
  await using api = startProgram('api', env)
  const { port } = await api.said('api listening')
  await worker.said('worker started')
  const { variantIds } = await goods(shop, { onHand: 5 })
  const [variantId = 'variant_none' as const] = variantIds
  await buyer(shop, [{ variantId }])

  const guest = `bg_${'MARKguest'.padEnd(43, 'x')}`
  const asked: (string | null)[] = []
  const call = async (path: string, input: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}/trpc/${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Barrow-Guest': guest,
        'Idempotency-Key': randomUUID(),
        ...headers,
      },
      body: typeof input === 'string' ? input : JSON.stringify({ json: input }),
    })
    asked.push(answer.headers.get('x-request-id'))
    // What a procedure answers, as tRPC sends it; of a refusal there is none.
    const { result } = (await answer.json()) as { result?: { data: { json: Record<string, string> } } }
    return { view: result?.data.json ?? {}, session: answer.headers.get('barrow-session') }
  }
  await call('auth.register', { email, password, name: 'MARKname' })
  await call('auth.login', { email, password: 'MARKwrong password' })
  await call('auth.requestPasswordReset', { email })
  await call('auth.resetPassword', { token: `MARKtoken${'x'.repeat(40)}`, newPassword: password })
  const { session } = await call('auth.login', { email, password })
  const bearer = { Authorization: `Bearer ${session ?? `bs_${'MARKsession'.padEnd(43, 'x')}`}` }
  await call('auth.me', {}, bearer)
  const cart = (await call('cart.create', { currency: 'EUR' })).view
  await call('cart.addLine', { cartId: cart.id, variantId, note: 'MARKunknown' })
  await call('cart.addLine', { cartId: cart.id, variantId })
  const address = { name: 'MARKname', line1: 'MARKstreet 1', city: 'MARKcity', postalCode: '10115', countryCode: 'DE' }
  await call('cart.setDetails', { cartId: cart.id, email, shippingAddress: address })
  const methods = await shop.system.shippingMethod.available({ countryCode: 'DE', currency: 'EUR' })
  const shippingMethodId = methods.rows[0]?.id ?? null
  const { quote } = (await call('cart.setShippingMethod', { cartId: cart.id, shippingMethodId })).view
  await call('order.place', { cartId: cart.id, quote: 'MARKquote', paymentMethod: 'test_accept' })
  const order = (await call('order.place', { cartId: cart.id, quote, paymentMethod: 'test_accept' })).view
  await call('order.place', '{"json":{"MARKbroken":')
  await call('MARKno%0d%0a%7B%22level%22:60%7D.such', {})
  // A request may bring its own name, if it can be written down.
  await call('cart.get', {}, { 'X-Request-Id': 'proxy-0123456789abcdef' })
  await call('cart.get', {}, { 'X-Request-Id': 'MARK {"level":60}' })
  await fetch(`http://127.0.0.1:${port}/MARKpath?email=MARKquery@example.com`)
  expect(asked.at(-2)).toBe('proxy-0123456789abcdef')
  expect(asked.at(-1)).not.toContain('MARK')

  const statusOf = () =>
    shop.runtime.orm.em.fork().execute('select status from "order" where id = ?', [order.id ?? 'none'])
  await vi.waitFor(async () => expect(await statusOf()).toEqual([{ status: 'confirmed' }]), {
    timeout: 200_000,
    interval: 500,
  })
  const lines = [...api.lines, ...worker.lines]
  expect(lines.filter((line) => MARKS.test(line) || (session !== null && line.includes(session)))).toEqual([])
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ time: expect.stringMatching(/Z$/) })
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({
      procedure: 'order.place',
      actor: 'guest',
      principal: expect.stringMatching(/^guest:[0-9a-f]{64}$/),
      durationMs: expect.any(Number),
      requestId: expect.any(String),
    }),
  )

  // Metrics have labels of the code's own alone, traces names, ids and statements without values.
  for (const program of [api, worker]) {
    const { port } = await program.said('internal port open')
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(metrics).toContain('barrow_')
    expect(metrics.match(MARKS) ?? /@|\b\d+\.\d+\.\d+\.\d+\b/.exec(metrics)).toBeNull()
  }
  const traced = () => new Set(collector.spans.map(({ name }) => name))
  const names = ['auth.register', 'auth.login', 'order.place', 'mail order.confirmed']
  await vi.waitFor(() => expect([...traced()]).toEqual(expect.arrayContaining(names)), { timeout: 60_000 })
  expect(collector.bodies.filter((body) => MARKS.test(body) || (session !== null && body.includes(session)))).toEqual(
    [],
  )

  // What carries events holds names and ids alone; so do the events, the audit log and the answers kept for repeats.
  const client = new pg.Client({ connectionString: shop.env.DATABASE_URL })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname = 'bullmq' or tablename in ('outbox_event', 'inbox_entry', 'audit_entry', 'idempotency_key')`,
    )
    expect(tables.length).toBeGreaterThan(4)
    for (const { name } of tables) {
      const { rows } = await client.query(`select * from ${name}`)
      expect([name, JSON.stringify(rows).match(MARKS)]).toEqual([name, null])
    }
  } finally {
    await client.end()
  }
}, 300_000)
