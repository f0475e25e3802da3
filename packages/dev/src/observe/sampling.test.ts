import { createRuntime, readConfig } from '@barrow/api/runtime'
import { expect, test } from 'vitest'
import { testShop } from '../test-shop.ts'
import { startCollector } from './collector.ts'

const shop = await testShop()
const TRACES = 200

/** What a collector gets of many traces, of which half are said to be kept by who began them. */
async function collected(settings: Record<string, string>) {
  await using collector = await startCollector()
  const env = { ...shop.env, OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, ...settings }
  const runtime = await createRuntime(readConfig(env), { name: 'api' })
  for (let n = 0; n < TRACES; n++) {
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const parent = n % 2 === 0 ? undefined : `00-${traceId}-b7ad6b7169203331-01`
    const outer = runtime.tracing.begin('outer', { parent })
    runtime.tracing.begin('inner', { parent: outer.traceparent }).end()
    outer.end()
  }
  await runtime.close()
  const { spans, headers } = collector
  return {
    outer: spans.filter(({ name }) => name === 'outer'),
    inner: spans.filter(({ name }) => name === 'inner'),
    headers,
  }
}

test('the collector is told who sends, by the headers of the settings', async () => {
  const { outer, headers } = await collected({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic_c2hvcA==,x-tenant=shop',
  })
  expect(outer).toHaveLength(TRACES)
  expect(headers.length).toBeGreaterThan(0)
  for (const header of headers) expect(header).toMatchObject({ authorization: 'Basic_c2hvcA==', 'x-tenant': 'shop' })
})

test('the part of all traces that is to be kept is kept, each whole, whatever callers ask for', async () => {
  expect(await collected({ OTEL_TRACES_SAMPLER_ARG: '0' })).toEqual({ outer: [], inner: [], headers: [] })
  const { outer, inner } = await collected({ OTEL_TRACES_SAMPLER_ARG: '0.5' })
  expect(outer.length).toBeGreaterThan(TRACES / 5)
  expect(outer.length).toBeLessThan((TRACES * 4) / 5)
  const traces = (spans: typeof outer) => spans.map(({ traceId }) => traceId).sort()
  expect(traces(inner)).toEqual(traces(outer))
})
