import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createAdmin } from '@barrow/api/auth'
import { permissions } from '@barrow/api/runtime'
import { serve } from '@barrow/api/serve'
import createClient from 'openapi-fetch'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, test } from 'vitest'
import { startProcess } from '../processes.ts'
import { root } from '../readme.ts'
import { checkout } from '../test-checkout.ts'
import { transact } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'
import { type Document, judge } from './answers.ts'

/** What has a default may be left out. */
const GENERATED = { defaultNonNullable: false }

/** A worker has to start first. */
const POLL = { timeout: 60_000, interval: 100 }

/** What here can only be refused: it needs a letter, an app, a session of another device, or an order that is not sent. */
const REFUSED = [
  'auth.confirmEmailChange',
  'auth.confirmPassword',
  'auth.confirmTotp',
  'auth.disableTotp',
  'auth.enrolTotp',
  'auth.renewRecoveryCodes',
  'auth.resetPassword',
  'auth.revokeSession',
  'auth.totpStatus',
  'auth.verifyEmail',
  'auth.verifyTotp',
  'event.replay',
  'event.retire',
  'order.cancel',
  'user.resetTotp',
]

const shop = await testShop({ env: { PAYMENT_PROVIDER: 'test' } })

/** Who signs in as a program does: the token comes in a header, and goes back as a bearer's. */
function session(url: string, fetch: typeof globalThis.fetch) {
  let token: string | undefined
  let guest: string | undefined
  return {
    baseUrl: url,
    fetch: async (request: Request) => {
      request.headers.set('Barrow-Session', 'bearer')
      if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`)
      if (guest !== undefined) request.headers.set('Barrow-Guest', guest)
      const response = await fetch(request)
      token = response.headers.get('barrow-session') || token
      guest = response.headers.get('barrow-guest') || guest
      return response
    },
  }
}

test('a client generated from the document fills the shop, buys, and looks after what was bought', async () => {
  await using server = serve(shop.runtime)
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}/rest/v1`
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
  await using copy = await checkout()
  const folder = 'packages/dev/fixtures'
  await copy.write(`${folder}/rest-schema.ts`, astToString(await openapiTS(JSON.stringify(document), GENERATED)))
  expect(await copy.complaints([`${folder}/rest-client.ts`])).toEqual([])

  // The program that was just compiled; its types are those of the generated file, which is not here to be named.
  const program = await import(join(copy.root, folder, 'rest-client.ts'))
  const { look, asked, succeeded, complaints } = judge(document)
  const judged: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const response = await fetch(request.clone())
    await look(request, response)
    return response
  }
  const { token } = await shop.system.apiKey.create({ name: 'Everything', permissions: [...permissions] })
  const staff = createClient({ ...session(url, judged), headers: { Authorization: `Bearer ${token}` } })
  const login = { email: 'admin@example.com', password: 'a long way to Tipperary' }
  await transact(shop, (ctx) => createAdmin(ctx, { ...login, name: null }))
  const worker = startProcess({
    name: 'worker',
    command: process.execPath,
    args: [join(root, 'packages/worker/src/main.ts')],
    env: shop.env,
    onLine: () => {},
  })
  try {
    const visitor = createClient(session(url, judged))
    const made = await program.fill(staff)
    const orderId: string = await program.buy(visitor, made, randomUUID())
    await expect
      .poll(async () => (await shop.system.order.get({ orderId: orderId as never })).status, POLL)
      .toBe('confirmed')
    await expect.poll(() => program.isFound(visitor), POLL).toBe(true)
    await program.lookAfter(staff, orderId)
    await program.administer(createClient(session(url, judged)), login)

    await program.keepAccount(createClient(session(url, judged)))
  } finally {
    await worker.stop()
  }

  // What is left is asked for all the same, and refused as the document says.
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(operations)) {
      if (asked.has(operationId)) continue
      const address = url + path.replaceAll(/\{\w+\}/g, 'nothing')
      const headers = {
        Authorization: `Bearer ${token}`,
        ...(method !== 'get' && method !== 'delete' && { 'Content-Type': 'application/json' }),
      }
      await judged(address, {
        method: method.toUpperCase(),
        headers,
        ...(method !== 'get' && method !== 'delete' && { body: '{}' }),
      })
    }
  }
  expect(complaints).toEqual([])
  const operations = Object.values(document.paths).flatMap((one) =>
    Object.values(one).map(({ operationId }) => operationId),
  )
  expect(operations.filter((id) => !succeeded.has(id)).sort()).toEqual(REFUSED)
}, 300_000)
