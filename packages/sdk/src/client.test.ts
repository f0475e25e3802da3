import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test } from 'vitest'
import { type Barrow, createBarrow, isBarrowError, isCommonError, iterate, safe } from './index.ts'

const shop = await testShop()
const { url } = await served(shop)
let session = ''
let staff: Barrow
beforeAll(async () => {
  session = (await shop.system.apiKey.create({ name: 'test', permissions: ['catalog:write'] })).token
  staff = connect()
})

type Fetch = typeof globalThis.fetch

/** A client of the staff's, whose requests go through `through`. */
const connect = (through: Fetch = fetch) =>
  createBarrow({ url, session: { get: () => ({ session }), set: () => undefined }, fetch: through })

/** Notes what is sent, and lets the first so many requests end in a way of the caller's. */
function noting(failures = 0, fail: Fetch = fetch) {
  const seen: { url: URL; key: string | null }[] = []
  const through: Fetch = async (target, init) => {
    seen.push({ url: new URL(String(target)), key: new Headers(init?.headers).get('idempotency-key') })
    return seen.length <= failures ? fail(target, init) : fetch(target, init)
  }
  return { seen, through }
}

const refused =
  (status: number, reason: string): Fetch =>
  async () => {
    const data = { reason, kind: 'unavailable', details: {}, requestId: 'r' }
    return Response.json({ error: { json: { code: -32000, message: 'Not now.', data } } }, { status })
  }
const broken: Fetch = async () => {
  throw new TypeError('fetch failed')
}
/** The shop acts, and its answer is lost on the way. */
const lost: Fetch = async (target, init) => {
  await (await fetch(target, init)).text()
  throw new TypeError('terminated')
}

test('queries made at the same time share requests of ten, and each gets its own answer', async () => {
  for (let n = 0; n < 12; n++) await staff.category.create.mutate({ slug: `shared-${n}`, name: `${n}` })
  const { seen, through } = noting()
  const barrow = connect(through)
  const slugs = Array.from({ length: 12 }, (_, n) => `shared-${n}`)
  const found = await Promise.all(slugs.map((slug) => barrow.category.get.query({ slug })))
  expect(found.map((category) => category.slug)).toEqual(slugs)
  expect(seen.map(({ url }) => url.pathname.split(',').length)).toEqual([10, 2])
})

test('queries that would make too long an address are spread over several', async () => {
  const { seen, through } = noting()
  const barrow = connect(through)
  const slugs = Array.from({ length: 10 }, (_, n) => `${'long-'.repeat(30)}${n}`)
  const answers = await Promise.all(slugs.map((slug) => safe(barrow.category.get.query({ slug }))))
  expect(answers.map(([, error]) => error?.reason)).toEqual(Array(10).fill('category_not_found'))
  for (const { url } of seen) expect(url.href.length).toBeLessThanOrEqual(7000)
})

test('changes travel one to a request, each under its own random key', async () => {
  const { seen, through } = noting()
  const barrow = connect(through)
  await Promise.all(['a', 'b', 'c'].map((slug) => barrow.category.create.mutate({ slug: `own-${slug}`, name: slug })))
  expect(seen).toHaveLength(3)
  expect(new Set(seen.map(({ key }) => key)).size).toBe(3)
  for (const { key } of seen)
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a change whose answer is lost is made again under the same key, and acts once', async () => {
  const { seen, through } = noting(2, lost)
  const category = await connect(through).category.create.mutate({ slug: 'once', name: 'Once' })
  expect(seen).toHaveLength(3)
  expect(new Set(seen.map(({ key }) => key)).size).toBe(1)
  expect(await staff.category.get.query({ slug: 'once' })).toEqual(category)
})

test('a caller may bring a key of its own, and repeat a call under it', async () => {
  const context = { idempotencyKey: 'mine-12345678' }
  const first = await staff.category.create.mutate({ slug: 'mine', name: 'Mine' }, { context })
  expect(await staff.category.create.mutate({ slug: 'mine', name: 'Mine' }, { context })).toEqual(first)
  const [, error] = await safe(staff.category.create.mutate({ slug: 'other', name: 'Other' }, { context }))
  expect(error).toMatchObject({ reason: 'idempotency_key_reused', kind: 'conflict' })
})

test('a shop that is away for a moment is asked again, queries and changes alike', async () => {
  const away: Fetch[] = [
    broken,
    refused(503, 'busy'),
    refused(409, 'in_progress'),
    async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  ]
  for (const [n, fail] of away.entries()) {
    const query = noting(1, fail)
    expect(
      await connect(query.through)
        .category.get.query({ slug: 'missing' })
        .catch((error) => error.reason),
    ).toBe('category_not_found')
    expect(query.seen).toHaveLength(2)
    const change = noting(1, fail)
    await connect(change.through).category.create.mutate({ slug: `again-${n}`, name: 'Again' })
    expect(change.seen).toHaveLength(2)
  }
})

test('it is not asked forever: after four times the reason is told', async () => {
  const unreached = noting(9, broken)
  expect((await safe(connect(unreached.through).category.list.query({})))[1]).toMatchObject({
    reason: 'network',
    kind: 'unavailable',
    requestId: undefined,
  })
  expect(unreached.seen).toHaveLength(4)
  const busy = noting(9, refused(503, 'busy'))
  expect((await safe(connect(busy.through).category.list.query({})))[1]).toMatchObject({ reason: 'busy' })
  expect(busy.seen).toHaveLength(4)
})

test('what would fail again is not asked again', async () => {
  const others: Fetch[] = [
    refused(409, 'slug_taken'),
    refused(429, 'rate_limited'),
    refused(500, 'internal'),
    async () => new Response('<h1>Not found</h1>', { status: 404 }),
    async () => Response.json({ message: 'some other server' }),
  ]
  for (const fail of others) {
    const { seen, through } = noting(9, fail)
    const [, error] = await safe(connect(through).category.list.query({}))
    expect(isBarrowError(error)).toBe(true)
    expect(seen).toHaveLength(1)
  }
})

test('an aborted call ends at once, while it is sent, while it waits, and while it shares its request', async () => {
  const asked = Promise.withResolvers<void>()
  const silent: Fetch = (_, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      asked.resolve()
    })
  const sending = new AbortController()
  const sent = safe(connect(silent).category.list.query({}, { signal: sending.signal }))
  await asked.promise
  sending.abort()
  expect((await sent)[1]).toMatchObject({ reason: 'aborted', kind: 'aborted' })

  const waiting = new AbortController()
  const { seen, through } = noting(9, async () => {
    setTimeout(() => waiting.abort())
    throw new TypeError('fetch failed')
  })
  const [, waited] = await safe(connect(through).category.list.query({}, { signal: waiting.signal }))
  expect(waited?.reason).toBe('aborted')
  expect(seen).toHaveLength(1)

  const barrow = connect()
  const one = new AbortController()
  const aborted = safe(barrow.category.list.query({}, { signal: one.signal }))
  const other = barrow.category.list.query({})
  one.abort()
  expect((await aborted)[1]?.reason).toBe('aborted')
  expect((await other).rows).toBeInstanceOf(Array)

  const before = await safe(barrow.category.list.query({}, { signal: AbortSignal.abort() }))
  expect(before[1]?.reason).toBe('aborted')
})

test('an error says why, in a type that its details follow', async () => {
  await staff.category.create.mutate({ slug: 'taken', name: 'Taken' })
  const [category, error] = await safe(staff.category.create.mutate({ slug: 'taken', name: 'Twice' }))
  expect(category).toBeUndefined()
  if (error === undefined || isCommonError(error)) throw new Error('expected an error of the procedure’s own')
  if (error.reason !== 'slug_taken') throw new Error(`expected slug_taken, got ${error.reason}`)
  expect(error.details.slug).toBe('taken')
  expect(error).toMatchObject({ kind: 'conflict', message: 'Another one has this slug.', name: 'BarrowError' })
  expect(error.requestId).toMatch(/^[0-9a-z]{26}$/)
})

test('thrown, it is the same error', async () => {
  const error: unknown = await staff.category.get.query({ slug: 'nowhere' }).catch((caught) => caught)
  expect(isBarrowError(error) && error.reason).toBe('category_not_found')
  expect(error).toBeInstanceOf(Error)
})

test('a reason that any call may have is told apart from the procedure’s own', async () => {
  const stranger = createBarrow({ url })
  const [, common] = await safe(stranger.category.create.mutate({ slug: 'x', name: 'X' }))
  expect(common).toMatchObject({ reason: 'unauthenticated', kind: 'unauthenticated' })
  expect(common && isCommonError(common)).toBe(true)
  const [, own] = await safe(stranger.category.get.query({ slug: 'nowhere' }))
  expect(own && isCommonError(own)).toBe(false)
  // @ts-expect-error: there is no such field
  const [, invalid] = await safe(staff.category.create.mutate({ slug: 'x', name: 'X', admin: true }))
  expect(invalid).toMatchObject({ reason: 'invalid_input', details: { fields: [{ path: 'admin' }] } })
})

test('what is no error of the shop’s stays what it is', async () => {
  const lostStore = createBarrow({
    url,
    session: {
      get: () => Promise.reject(new Error('the store is gone')),
      set: () => undefined,
    },
  })
  await expect(safe(lostStore.category.list.query({}))).rejects.toThrow('the store is gone')
})

test('a list is walked page by page, from its first row or from a cursor, and no further than asked', async () => {
  const parent = await staff.category.create.mutate({ slug: 'walk', name: 'Walk' })
  for (let n = 0; n < 7; n++) {
    await staff.category.create.mutate({ slug: `walk-${n}`, name: `${n}`, parentId: parent.id, position: n })
  }
  const names = async (barrow: Barrow, cursor?: string) => {
    const seen: string[] = []
    const from = cursor === undefined ? {} : { cursor }
    for await (const { name } of iterate(barrow.category.list, { parentId: parent.id, limit: 3, ...from }))
      seen.push(name)
    return seen
  }
  const { seen, through } = noting()
  const barrow = connect(through)
  expect(await names(barrow)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  expect(seen).toHaveLength(3)
  const { next } = await barrow.category.list.query({ parentId: parent.id, limit: 5 })
  expect(await names(barrow, next ?? '')).toEqual(['5', '6'])
  seen.length = 0
  for await (const { name } of iterate(barrow.category.list, { parentId: parent.id, limit: 3 })) {
    if (name === '3') break
  }
  expect(seen).toHaveLength(2)
})

test('a list that fails or is aborted ends its walk with that error', async () => {
  const ended = async (walk: AsyncIterable<unknown>) => {
    for await (const _ of walk);
  }
  await expect(ended(iterate(staff.category.list, { cursor: 'nonsense' }))).rejects.toMatchObject({
    reason: 'invalid_input',
  })
  const signal = AbortSignal.abort()
  await expect(ended(iterate(staff.category.list, {}, { signal }))).rejects.toMatchObject({ reason: 'aborted' })
})

test('a token of a guest stands in no address, and a query too long for one still arrives', async () => {
  const { seen, through } = noting()
  const barrow = connect(through)
  const orderId = `order_${'0'.repeat(26)}` as const
  const [, error] = await safe(barrow.order.get.query({ orderId, guestToken: 'g'.repeat(43) }))
  expect(error?.reason).toBe('order_not_found')
  expect(seen.map(({ url }) => url.search)).toEqual([''])
  const variantIds = Array.from({ length: 200 }, () => `variant_${'0'.repeat(26)}` as const)
  const [, refusal] = await safe(barrow.inventory.list.query({ variantIds }))
  expect(refusal?.reason).toMatch(/invalid_input|forbidden/)
})
