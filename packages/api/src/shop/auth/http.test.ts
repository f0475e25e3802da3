import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serve } from '../../serve.ts'
import { colleague, customer, enrol, PASSWORD } from './test-visitor.ts'

const shop = await testShop()
const { url: origin } = await served(shop)

const post = (path: string, input: unknown, headers: Record<string, string> = {}) =>
  fetch(`${origin}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ json: input }),
  })
const read = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}/trpc/${path}`, { headers })

const Refused = z.object({
  error: z.object({
    json: z.object({
      data: z.object({ reason: z.literal('mfa_required'), details: z.object({ challenge: z.string() }) }),
    }),
  }),
})

/** What a browser on the shop's own page sends. */
const browser = { origin: shop.runtime.config.http.publicUrl }

test('a browser is signed in by a cookie that no script can read, and out by its removal', async () => {
  const { email } = await customer(shop)
  const login = await post('auth.login', { email, password: PASSWORD }, browser)
  expect(login.status).toBe(200)
  const cookie = login.headers.getSetCookie().find((one) => one.startsWith('barrow-sid=')) ?? ''
  expect(cookie).toMatch(/^barrow-sid=bs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
  expect(login.headers.get('barrow-session')).toBeNull()
  const held = cookie.split(';')[0] ?? ''
  expect(await login.text()).not.toContain(held.slice(14))

  expect((await read('auth.me', { cookie: held })).status).toBe(200)
  const logout = await post('auth.logout', {}, { ...browser, cookie: held })
  expect(logout.headers.getSetCookie()[0]).toMatch(/^barrow-sid=;.*Max-Age=0/)
  expect((await read('auth.me', { cookie: held })).status).toBe(401)
})

test('a program is signed in by a header, and gets no cookie', async () => {
  const { email } = await customer(shop)
  const login = await post('auth.login', { email, password: PASSWORD }, { 'barrow-session': 'bearer' })
  const token = login.headers.get('barrow-session') ?? ''
  expect(token).toMatch(/^bs_[\w-]{43}$/)
  expect(login.headers.getSetCookie()).toEqual([])
  expect(await login.text()).not.toContain(token)
  expect((await read('auth.me', { authorization: `Bearer ${token}` })).status).toBe(200)
})

test('a wrong password sets nothing', async () => {
  const { email } = await customer(shop)
  const login = await post('auth.login', { email, password: 'not the password' }, browser)
  expect(login.status).toBe(401)
  expect(login.headers.getSetCookie()).toEqual([])
})

test('an API key is a bearer token', async () => {
  const admin = await colleague(shop, { role: 'admin' })
  const { token } = await admin.call.apiKey.create({ name: 'Program', permissions: ['audit:read'] })
  const input = encodeURIComponent(JSON.stringify({ json: {} }))
  expect((await read(`audit.list?input=${input}`, { authorization: `Bearer ${token}` })).status).toBe(200)
  expect((await read(`audit.list?input=${input}`, { cookie: `barrow-sid=${token}` })).status).toBe(401)
})

test.each([
  'Bearer nonsense',
  'Bearer bs_short',
  `Bearer bs_${'A'.repeat(43)}`,
  `Bearer bg_${'A'.repeat(43)}`,
  'Basic x',
])('whoever brings %s is a guest', async (authorization) => {
  expect((await read('auth.me', { authorization })).status).toBe(401)
  expect((await post('auth.requestPasswordReset', { email: 'a@example.com' }, { authorization })).status).toBe(200)
})

test('over https the cookie is bound to this host, and no script, other site or plain line gets it', async () => {
  const secure = await testShop({ env: { PUBLIC_URL: 'https://shop.example.com' } })
  const { email } = await customer(secure)
  await using open = serve(secure.runtime)
  const at = `http://127.0.0.1:${await open.listen(0, '127.0.0.1')}`
  const login = await fetch(`${at}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://shop.example.com' },
    body: JSON.stringify({ json: { email, password: PASSWORD } }),
  })
  const cookie = login.headers.getSetCookie().find((one) => one.startsWith('__Host-sid=')) ?? ''
  const [pair = '', ...attributes] = cookie.split('; ')
  expect(pair).toMatch(/^__Host-sid=bs_[\w-]{43}$/)
  expect(attributes.sort()).toEqual(['HttpOnly', `Max-Age=${90 * 24 * 60 * 60}`, 'Path=/', 'SameSite=Lax', 'Secure'])
  expect((await fetch(`${at}/trpc/auth.me`, { headers: { cookie: pair } })).status).toBe(200)
  // The plain name is for a shop on http alone.
  const plain = pair.replace('__Host-sid', 'barrow-sid')
  expect((await fetch(`${at}/trpc/auth.me`, { headers: { cookie: plain } })).status).toBe(401)
})

test('a token in an address or a body opens nothing', async () => {
  const { keeps } = await customer(shop)
  for (const name of ['token', 'session', 'barrow-session', 'authorization', 'access_token'])
    expect((await read(`auth.me?${name}=${keeps.session}`)).status).toBe(401)
  expect((await post('auth.changePassword', { session: keeps.session }, browser)).status).toBe(401)
})

test('the second step of a login hands the session over like the first, and its answer holds no token', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const first = await post('auth.login', { email: boss.email, password: PASSWORD }, browser)
  expect(first.status).toBe(401)
  expect(first.headers.getSetCookie().filter((one) => one.includes('sid='))).toEqual([])
  const { error } = Refused.parse(await first.json())
  const { challenge } = error.json.data.details
  const second = await post('auth.verifyTotp', { challenge, code: codeOf(secret, 1) }, browser)
  expect(second.status).toBe(200)
  const held =
    second.headers
      .getSetCookie()
      .find((one) => one.startsWith('barrow-sid=bs_'))
      ?.split(';')[0] ?? ''
  expect(await second.text()).not.toContain('bs_')
  expect((await read('auth.me', { cookie: held })).status).toBe(200)
})
