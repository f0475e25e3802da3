import { createRuntime, readConfig } from '@barrow/api/runtime'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createHealth } from './health.ts'
import { openInternal } from './internal.ts'

const token = 'a-token-for-operators-0123456789abcdef'
const shop = await testShop({ env: { INTERNAL_PORT: '0', INTERNAL_TOKEN: token } })
const open = async (runtime = shop.runtime) => {
  const internal = await openInternal(runtime, createHealth(runtime))
  if (internal === undefined) throw new Error('the internal port is closed')
  return internal
}

test('the metrics are for who knows the token, the probes for anybody, and nothing else is there', async () => {
  await using internal = await open()
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${internal.port}${path}`, init)
  const metrics = await ask('/metrics', { headers: { Authorization: `Bearer ${token}` } })
  expect([metrics.status, metrics.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(await metrics.text()).toContain('# TYPE barrow_calls_total counter')
  for (const Authorization of ['', 'Bearer ', `Bearer ${token}x`, `Bearer ${token.toUpperCase()}`, token]) {
    const refused = await ask('/metrics', { headers: { Authorization } })
    expect([refused.status, await refused.text()]).toEqual([401, ''])
  }
  expect((await ask('/metrics')).status).toBe(401)
  for (const probe of ['live', 'ready', 'started']) {
    expect(await (await ask(`/health/${probe}`)).json()).toEqual({ status: probe })
  }
  expect((await ask('/health/ready', { method: 'POST' })).status).toBe(405)
  for (const path of ['/', '/metrics/', '/health', '/trpc/category.list']) expect((await ask(path)).status).toBe(404)
})

test('without a port of its own nothing is opened', async () => {
  const { INTERNAL_PORT: _, ...env } = shop.env
  await using runtime = await createRuntime(readConfig(env))
  expect(await openInternal(runtime, createHealth(runtime))).toBeUndefined()
})
