import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { serve } from '@barrow/api/serve'
import { openBrowser } from '@barrow/dev/test-browser'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from './test-page.ts'

const shop = await testShop()
const server = serve(shop.runtime)
const folder = await mkdtemp(join(tmpdir(), 'barrow-page-'))
const frontend = createServer(async (request, response) => {
  const script = request.url === '/page.js'
  response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html')
  response.end(script ? await readFile(join(folder, 'page.js')) : '<script type="module" src="/page.js"></script>')
})
let url = ''
let pages = 0
const browser = await openBrowser()

beforeAll(async () => {
  url = `http://localhost:${await server.listen(0, '127.0.0.1')}`
  await build({
    cwd: dirname(import.meta.dirname),
    config: false,
    entry: { page: 'src/test-page.ts' },
    outDir: folder,
    outExtensions: () => ({ js: '.js' }),
    platform: 'browser',
    dts: false,
    logLevel: 'error',
    deps: { alwaysBundle: /./ },
  })
  await new Promise<void>((done) => frontend.listen(0, '127.0.0.1', done))
  pages = (frontend.address() as AddressInfo).port
})
afterAll(async () => {
  await browser.close()
  await new Promise((done) => frontend.close(done).closeAllConnections())
  await server.close()
  await rm(folder, { recursive: true })
})

/** A visitor's browser window, with cookies of its own, on a page of the frontend: another origin than the shop's. */
async function visit(host = 'localhost') {
  const context = await browser.newContext()
  const window = await context.newPage()
  const load = async () => {
    await window.goto(`http://${host}:${pages}/`, { waitUntil: 'load' })
    await window.evaluate(`page.open(${JSON.stringify(url)})`)
  }
  await load()
  return {
    load,
    cookies: () => context.cookies(url),
    scripts: () => window.evaluate<string>('document.cookie + Object.keys(localStorage)'),
    call<Name extends keyof Page>(
      name: Name,
      ...input: Parameters<Page[Name]>
    ): Promise<Awaited<ReturnType<Page[Name]>>> {
      return window.evaluate(`page.${name}(...${JSON.stringify(input)})`)
    },
  }
}

async function variant() {
  const [variantId] = (await goods(shop, { onHand: 50 })).variantIds
  if (variantId === undefined) throw new Error('goods have a variant')
  return variantId
}

test('a visitor’s first clicks, two at once, begin one cart, which is there again after a reload', async () => {
  const visitor = await visit()
  const [one, two] = await visitor.call('begin', await variant())
  expect(two).toBe(one)
  await visitor.load()
  expect(await visitor.call('cart')).toEqual({ id: one, quantities: [3] })
  const stranger = await visit()
  expect(await stranger.call('cart')).toBeNull()
})

test('a session lives in a cookie that no script sees, and ends when the visitor signs out', async () => {
  const login = { email: 'ada@example.com', password: 'a long enough password' }
  const visitor = await visit()
  await visitor.call('begin', await variant())
  await visitor.call('register', login.email, login.password)
  await visitor.call('signIn', login.email, login.password)
  await visitor.load()
  expect(await visitor.call('me')).toBe(login.email)
  expect(await visitor.call('cart')).toMatchObject({ quantities: [3] })
  expect(await visitor.scripts()).toBe('')
  const session = (await visitor.cookies()).find(({ name }) => name === 'barrow-sid')
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(await visitor.call('signOut')).toBe('unauthenticated')
})

test('a page learns why a call was refused', async () => {
  const visitor = await visit()
  const [cartId] = await visitor.call('begin', await variant())
  if (cartId === undefined) throw new Error('there is a cart')
  expect(await visitor.call('refusals', cartId)).toEqual({
    unknown: 'variant_not_found',
    invalid: 'invalid_input',
    forbidden: 'unauthenticated',
  })
})

test('a page of an origin that is not allowed reads nothing', async () => {
  const stranger = await visit('evil.localhost')
  expect(await stranger.call('read')).toBe('network')
  expect(await (await visit('127.0.0.1')).call('read')).toBeUndefined()
})

test('a guest buys, and watches the order until nothing more can happen to it', async () => {
  const { id } = await shop.system.shippingMethod.create({ name: 'Parcel', prices: [{ currency: 'EUR', amount: 490 }] })
  const visitor = await visit()
  const [cartId] = await visitor.call('begin', await variant())
  if (cartId === undefined) throw new Error('there is a cart')
  const order = await visitor.call('buy', cartId, id)
  expect(order).toMatchObject({ status: 'authorised', total: 3 * 1999 + 490 })
  expect(await visitor.call('watch', order.id)).toEqual(['authorised', 'cancelled'])
})
