import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createArgon2Passwords } from '../../platform/adapters/argon2-passwords.ts'
import { customer, PASSWORD, sql, visitor } from './test-visitor.ts'

const argon2 = createArgon2Passwords({ memoryKib: 19_456, passes: 2 })
const work: string[] = []
const passwords: typeof argon2 = {
  ...argon2,
  hash: (password) => {
    work.push('hash')
    return argon2.hash(password)
  },
  verify: (hash, password) => {
    work.push('verify')
    return argon2.verify(hash, password)
  },
}
// Each call comes from the one address that tests have: how often it may is not what they are about.
const shop = await testShop({ passwords, env: { LIMITS_SCALE: '1000' } })
const { url: origin } = await served(shop)

/** All of an answer that whoever asks can see, but for what differs from one call to the next for everybody. */
async function seen(path: string, input: unknown) {
  work.length = 0
  const response = await fetch(`${origin}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'barrow-session': 'bearer' },
    body: JSON.stringify({ json: input }),
  })
  const body = (await response.text()).replace(/"requestId":"\w+"/, '"requestId":""')
  const headers = [...response.headers].filter(([name]) => !/^(date|ratelimit.*|x-request-id)$/.test(name))
  return { status: response.status, headers, body, work: [...work] }
}

/** One address nobody has, and those of people in every state an account can be in. */
const robin = await customer(shop)
const gone = await customer(shop)
await shop.system.user.disable({ id: gone.id })
const erased = await customer(shop)
await shop.system.user.erase({ id: erased.id })
const invited = 'invited-only@example.com'
await shop.system.user.create({ email: invited, role: 'staff' })
const addresses = [robin.email, gone.email, erased.email, invited]

test.each([
  ['auth.login', (email: string) => ({ email, password: 'not the password' }), ['verify']],
  ['auth.register', (email: string) => ({ email, password: PASSWORD, name: 'Mallory' }), ['hash']],
  ['auth.requestPasswordReset', (email: string) => ({ email }), []],
] as const)(
  '%s answers the same bytes, after the same work, whoever has the address',
  async (path, inputFor, expected) => {
    const nobody = await seen(path, inputFor(`nobody-${path.toLowerCase()}@example.com`))
    expect(nobody.work).toEqual(expected)
    for (const email of addresses) expect(await seen(path, inputFor(email))).toEqual(nobody)
  },
)

test('what is written is the same as well, but for what nobody outside sees', async () => {
  const counts = async () => {
    const [row] = await sql(
      shop,
      `select (select count(*) from outbox_event)::int as events, (select count(*) from audit_entry)::int as audited`,
    )
    return row as { events: number; audited: number }
  }
  const grown = async (path: string, input: unknown) => {
    const before = await counts()
    await seen(path, input)
    const after = await counts()
    return { events: after.events - before.events, audited: after.audited - before.audited }
  }
  for (const email of [robin.email, 'really-nobody@example.com']) {
    expect(await grown('auth.requestPasswordReset', { email })).toEqual({ events: 1, audited: 1 })
    expect(await grown('auth.register', { email, password: PASSWORD })).toEqual({ events: 1, audited: 1 })
  }
})

test('a shop that would rather be friendly says so in its settings, and answers say who has an account', async () => {
  const { config } = shop.runtime
  const friendly = {
    ...shop,
    runtime: { ...shop.runtime, config: { ...config, accounts: { ...config.accounts, reveal: true } } },
  }
  const { call } = visitor(friendly)
  await expect(call.auth.register({ email: robin.email, password: PASSWORD })).rejects.toMatchObject({
    cause: { reason: 'email_taken' },
  })
  await expect(call.auth.requestPasswordReset({ email: 'not-here@example.com' })).rejects.toMatchObject({
    cause: { reason: 'user_not_found' },
  })
  await call.auth.register({ email: 'friend@example.com', password: PASSWORD })
  await call.auth.requestPasswordReset({ email: 'friend@example.com' })
})
