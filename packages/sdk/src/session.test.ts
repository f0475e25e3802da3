import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { expect, test } from 'vitest'
import { type Credentials, createBarrow, iterate, safe } from './index.ts'

const shop = await testShop({ env: { LIMITS: 'login-account=5' } })
const { url } = await served(shop)

const password = 'a long enough password'
let people = 0

/** A customer who has registered, and a client of theirs with a store of its own. */
async function buyer() {
  const email = `buyer-${people++}@example.com`
  await createBarrow({ url }).auth.register.mutate({ email, password })
  return { email, ...connect() }
}

function connect(through: typeof fetch = fetch) {
  const kept: { now: Credentials } = { now: {} }
  const session = {
    get: () => kept.now,
    set: (credentials: Credentials) => {
      kept.now = credentials
    },
  }
  return { barrow: createBarrow({ url, session, fetch: through }), kept }
}

test('two buyers rendered by one process at the same time never share a session', async () => {
  const buyers = await Promise.all([buyer(), buyer()])
  await Promise.all(buyers.map(({ barrow, email }) => barrow.auth.login.mutate({ email, password })))
  for (let round = 0; round < 5; round++) {
    const seen = await Promise.all(buyers.map(({ barrow }) => barrow.auth.me.query({})))
    expect(seen.map((me) => me.email)).toEqual(buyers.map(({ email }) => email))
  }
  const [one, two] = buyers
  await one?.barrow.auth.logout.mutate({})
  expect((await safe(buyers[0].barrow.auth.me.query({})))[1]?.reason).toBe('unauthenticated')
  expect(await two?.barrow.auth.me.query({})).toMatchObject({ email: two?.email })
})

test('a program keeps what it is given to keep, and gives it up when the shop takes it back', async () => {
  const { barrow, kept, email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  expect(kept.now.session).toMatch(/^bs_/)
  await barrow.auth.logout.mutate({})
  expect(kept.now).not.toHaveProperty('session')
})

test('a program is a device that has signed in before: a stranger’s wrong passwords do not keep it out', async () => {
  const { barrow, kept, email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  expect(kept.now.device).toMatch(/^[\w-]{22}\.[\w-]{43}$/)
  await barrow.auth.logout.mutate({})
  expect(kept.now).toEqual({ ...kept.now, device: expect.any(String) })
  const stranger = connect().barrow
  const tries: (string | undefined)[] = []
  for (let n = 0; n < 6; n++)
    tries.push((await safe(stranger.auth.login.mutate({ email, password: 'a wrong password' })))[1]?.reason)
  expect(tries.at(-1)).toBe('rate_limited')
  await barrow.auth.login.mutate({ email, password })
  expect(await barrow.auth.me.query({})).toMatchObject({ email })
})

test('without a store a program keeps nothing', async () => {
  const { email } = await buyer()
  const barrow = createBarrow({ url })
  await barrow.auth.login.mutate({ email, password })
  expect((await safe(barrow.auth.me.query({})))[1]?.reason).toBe('unauthenticated')
})

test('a login in two steps is one typed walk, and the session is kept after the second', async () => {
  const { barrow, kept, email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  const { secret } = await barrow.auth.enrolTotp.mutate({ password })
  const before = kept.now.session
  const { recoveryCodes } = await barrow.auth.confirmTotp.mutate({ code: codeOf(secret) })
  expect(recoveryCodes).toHaveLength(10)
  // The session was replaced by a new one.
  expect(kept.now.session).not.toBe(before)
  expect(await barrow.auth.me.query()).toMatchObject({ email })
  await barrow.auth.logout.mutate({})

  const [, refused] = await safe(barrow.auth.login.mutate({ email, password }))
  if (refused?.reason !== 'mfa_required') throw new Error(`refused for ${refused?.reason}`)
  expect(kept.now.session).toBeUndefined()
  const { challenge, expiresAt } = refused.details
  expect(expiresAt).toBeInstanceOf(Date)
  const [, wrong] = await safe(barrow.auth.verifyTotp.mutate({ challenge, code: '000000' }))
  expect(wrong?.reason).toBe('wrong_code')
  expect(await barrow.auth.verifyTotp.mutate({ challenge, code: codeOf(secret, 1) })).toMatchObject({ email })
  expect(await barrow.auth.me.query()).toMatchObject({ email })
})

test('what the shop keeps about a customer is walked part by part', async () => {
  const { barrow, email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  const kinds: string[] = []
  for await (const part of iterate(barrow.user.exportMine, { limit: 1 })) {
    kinds.push(part.kind)
    if (part.kind === 'account') expect(part.account.email).toBe(email)
  }
  expect(kinds.slice(0, 2)).toEqual(['account', 'session'])
})

test('a store may take its time', async () => {
  const { email } = await buyer()
  let kept: Credentials = {}
  const slowly = <T>(value: T) => new Promise<T>((done) => setTimeout(done, 5, value))
  const barrow = createBarrow({
    url,
    session: {
      get: () => slowly(kept),
      set: async (credentials) => {
        await slowly(undefined)
        kept = credentials
      },
    },
  })
  await barrow.auth.login.mutate({ email, password })
  expect(await barrow.auth.me.query({})).toMatchObject({ email })
})

test('a token is sent in a header and nowhere else', async () => {
  const seen: { target: string; headers: Headers; body: unknown }[] = []
  const { barrow } = connect(async (target, init) => {
    seen.push({ target: String(target), headers: new Headers(init?.headers), body: init?.body })
    return fetch(target, init)
  })
  const { email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  await barrow.auth.me.query({})
  const token = seen.at(-1)?.headers.get('authorization')?.slice('Bearer '.length) ?? ''
  expect(token).toMatch(/^bs_/)
  for (const { target, body } of seen) expect(`${target} ${String(body)}`).not.toMatch(/b[sgk]_/)
})

test('a caller who changes something and is nobody yet is one guest from the very first call', async () => {
  const guests: (string | null)[] = []
  const { barrow, kept } = connect(async (target, init) => {
    guests.push(new Headers(init?.headers).get('barrow-guest'))
    return fetch(target, init)
  })
  await barrow.category.list.query({})
  expect(kept.now).toEqual({})
  await Promise.all([1, 2, 3].map(() => safe(barrow.category.delete.mutate({ id: 'category_none' }))))
  expect(kept.now.guest).toMatch(/^bg_[A-Za-z0-9_-]{43}$/)
  expect(guests).toEqual([null, kept.now.guest, kept.now.guest, kept.now.guest])
})

test('a guest who is a program has one cart, however many first calls it makes at once', async () => {
  const { barrow, kept } = connect()
  const carts = await Promise.all([1, 2, 3].map(() => barrow.cart.create.mutate({ currency: 'EUR' })))
  expect(new Set(carts.map((cart) => cart.id)).size).toBe(1)
  expect(await barrow.cart.current.query()).toMatchObject({ id: carts[0]?.id })
  expect(await connect().barrow.cart.current.query()).toBeNull()
  const { email } = await buyer()
  await barrow.auth.login.mutate({ email, password })
  expect(await barrow.cart.current.query()).toMatchObject({ id: carts[0]?.id })
  expect(kept.now.session).toMatch(/^bs_/)
})

test('the very first call of a guest is made once, though its answer was lost', async () => {
  let lost = 0
  const { barrow } = connect(async (target, init) => {
    const response = await fetch(target, init)
    if (init?.method !== 'POST' || lost++ > 0) return response
    await response.text()
    throw new TypeError('terminated')
  })
  const cart = await barrow.cart.create.mutate({ currency: 'EUR' })
  expect(await barrow.cart.current.query()).toMatchObject({ id: cart.id })
})

test('in a browser the first changes go one by one until the visitor is known, and then together', async () => {
  const log: string[] = []
  const answers: (() => void)[] = []
  const barrow = createBarrow({
    url,
    fetch: async (_, init) => {
      const { slug } = JSON.parse(String(init?.body)).json
      log.push(slug)
      expect(init?.credentials).toBe('include')
      await new Promise<void>((answer) => answers.push(answer))
      return Response.json({ result: { data: { json: {} } } })
    },
  })
  const turn = () => new Promise((done) => setTimeout(done))
  const call = (slug: string) => barrow.category.create.mutate({ slug, name: slug })
  const first = [call('a'), call('b'), call('c')]
  await turn()
  expect(log).toEqual(['a'])
  answers.shift()?.()
  await turn()
  expect(log).toEqual(['a', 'b', 'c'])
  for (const answer of answers) answer()
  await Promise.all(first)
})
