import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '@barrow/dev/services/certificate'
import { goods } from '@barrow/dev/test-goods'
import { openSearchEnv } from '@barrow/dev/test-opensearch'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { rebuild } from '../../../../shop/catalog/index.ts'
import { createWorkContext } from '../../../context.ts'

const plain = openSearchEnv()
const folder = await mkdtemp(join(tmpdir(), 'search-tls-'))
const certificate = await makeCertificate(folder, 'for the tests only')
const heard: (string | undefined)[] = []

/** The server behind TLS, and behind a password or a key. */
const front = createServer(
  { pfx: await readFile(certificate.store), passphrase: certificate.password },
  (asked, answer) => {
    heard.push(asked.headers.authorization)
    if (asked.headers.authorization !== basic && asked.headers.authorization !== 'ApiKey a2V5OnNlY3JldA==') {
      answer.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end('Unauthorized')
      return
    }
    const { authorization: _, host: __, ...headers } = asked.headers
    const behind = request(
      new URL(asked.url ?? '/', plain.OPENSEARCH_URL),
      { method: asked.method, headers },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers)
        said.pipe(answer)
      },
    )
    asked.pipe(behind.on('error', () => answer.destroy()))
  },
)
const basic = `Basic ${Buffer.from('shop:a password').toString('base64')}`
await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening))
afterAll(async () => {
  front.closeAllConnections()
  front.close()
  await rm(folder, { recursive: true })
})
const url = `https://localhost:${(front.address() as AddressInfo).port}`
const trusting = { ...plain, OPENSEARCH_URL: url, OPENSEARCH_TLS_CA: certificate.ca }

/** A shop with one product, found by PostgreSQL; what becomes of a rebuild of the other index, and who answers then. */
async function searching(env: Readonly<Record<string, string>>) {
  const shop = await testShop({ env })
  await goods(shop, { onHand: 1 })
  const ctx = createWorkContext(shop.runtime, 'test', 'test:search', 'test')
  const rebuilt: unknown[] = []
  for (const engine of shop.runtime.search.engines)
    rebuilt.push(
      await rebuild(ctx, engine).catch((error: { reason?: string; code?: string; message: string }) => {
        return error.reason ?? error.message
      }),
    )
  const { total } = await shop.guest().product.search({ currency: 'EUR', q: 'goods' })
  const { values } = await shop.runtime.metrics.searches.get()
  const fallbacks = (await shop.runtime.metrics.searchFallbacks.get()).values[0]?.value ?? 0
  return { rebuilt, found: total.count, by: values.map(({ labels }) => labels.engine), fallbacks }
}

test.each([
  ['a user and a password', { OPENSEARCH_USERNAME: 'shop', OPENSEARCH_PASSWORD: 'a password' }],
  ['a key', { OPENSEARCH_API_KEY: 'a2V5OnNlY3JldA==' }],
])('over TLS the shop signs in by %s, to a server whose certificate it was told to trust', async (_, signIn) => {
  const own = { OPENSEARCH_PREFIX: `${plain.OPENSEARCH_PREFIX}-${'OPENSEARCH_API_KEY' in signIn ? 'k' : 'p'}` }
  expect(await searching({ ...trusting, ...own, ...signIn })).toEqual({
    rebuilt: [1, 1],
    found: 1,
    by: ['opensearch'],
    fallbacks: 0,
  })
})

test.each([
  ['a wrong password', { OPENSEARCH_USERNAME: 'shop', OPENSEARCH_PASSWORD: 'wrong' }],
  ['a wrong key', { OPENSEARCH_API_KEY: 'd3Jvbmc=' }],
  ['nothing', {}],
])('with %s it is refused in so many words, and PostgreSQL answers', async (_, signIn) => {
  expect(await searching({ ...trusting, ...signIn })).toEqual({
    rebuilt: [1, 'search_refused'],
    found: 1,
    by: ['postgres'],
    fallbacks: 1,
  })
})

test('to a server whose certificate nobody vouches for it says nothing, and PostgreSQL answers', async () => {
  heard.length = 0
  const { OPENSEARCH_TLS_CA: _, ...strange } = trusting
  const shop = await searching({ ...strange, OPENSEARCH_API_KEY: 'a2V5OnNlY3JldA==' })
  expect(shop).toMatchObject({ found: 1, by: ['postgres'], fallbacks: 1 })
  expect(shop.rebuilt[1]).toMatch(/self-signed certificate/)
  expect(heard).toEqual([])
})
