import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { colleague, sql, visitor } from './test-visitor.ts'

const shop = await testShop()
const unauthenticated = { code: 'UNAUTHORIZED' }
const admin = await colleague(shop, { role: 'admin' })

test('a key does what it was given, and nothing else', async () => {
  const { token, ...key } = await admin.call.apiKey.create({ name: 'Stock sync', permissions: ['customers:read'] })
  expect(key).toMatchObject({
    name: 'Stock sync',
    permissions: ['customers:read'],
    createdBy: admin.id,
    lastUsedAt: null,
  })
  const program = visitor(shop, { session: token })
  expect((await program.call.user.list({})).rows).toEqual([])
  await expect(program.call.user.create({ email: 'x@example.com', role: 'customer' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  await expect(program.call.auth.me()).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a key is shown once and never again', async () => {
  const { token, id } = await admin.call.apiKey.create({ name: 'Once', permissions: [] })
  const { rows } = await admin.call.apiKey.list({})
  expect(rows.map((row) => row.id)).toContain(id)
  expect(JSON.stringify([rows, await sql(shop, 'select * from api_key')])).not.toContain(token.slice(3))
})

test('a revoked key is refused from that moment on', async () => {
  const { token, id } = await admin.call.apiKey.create({ name: 'Brief', permissions: ['customers:read'] })
  const program = visitor(shop, { session: token })
  await program.call.user.list({})
  expect((await admin.call.apiKey.revoke({ id })).revokedAt).toBeInstanceOf(Date)
  await expect(program.call.user.list({})).rejects.toMatchObject(unauthenticated)
  await expect(admin.call.apiKey.revoke({ id: 'key_00000000000000000000000000' })).rejects.toMatchObject({
    cause: { reason: 'key_not_found' },
  })
})

test('nobody makes a key that can do more than they can, and a key makes none', async () => {
  const clerk = await colleague(shop, { role: 'staff', permissions: ['settings:write', 'orders:read'] })
  await expect(clerk.call.apiKey.create({ name: 'More', permissions: ['orders:refund'] })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  const { token } = await admin.call.apiKey.create({ name: 'Parent', permissions: ['settings:write'] })
  await expect(
    visitor(shop, { session: token }).call.apiKey.create({ name: 'Child', permissions: [] }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a key loses what its maker loses, and stops with them', async () => {
  const clerk = await colleague(shop, { role: 'staff', permissions: ['settings:write', 'customers:read'] })
  const { token } = await clerk.call.apiKey.create({ name: 'Report', permissions: ['customers:read'] })
  const program = visitor(shop, { session: token })
  await program.call.user.list({})
  await shop.system.user.update({ id: clerk.id, permissions: ['settings:write'] })
  await expect(program.call.user.list({})).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await shop.system.user.update({ id: clerk.id, permissions: ['customers:read'] })
  await program.call.user.list({})
  await shop.system.user.disable({ id: clerk.id })
  await expect(program.call.user.list({})).rejects.toMatchObject(unauthenticated)
})

test('a key notes when it was last used, at most once a minute', async () => {
  const { token, id } = await admin.call.apiKey.create({ name: 'Noted', permissions: ['customers:read'] })
  const program = visitor(shop, { session: token })
  const used = async (since: string) => {
    await sql(shop, `update api_key set last_used_at = now() - ?::interval where id = ?`, [since, id])
    const before = await lastUsed()
    await program.call.user.list({})
    return (await lastUsed()) !== before
  }
  const lastUsed = async () =>
    (await sql<{ at: Date }>(shop, 'select last_used_at as at from api_key where id = ?', [id]))[0]?.at.getTime()
  expect(await used('30 seconds')).toBe(false)
  expect(await used('90 seconds')).toBe(true)
})

test('a browser cannot sign in with a key', async () => {
  const { authenticate } = await import('./authenticate.ts')
  const { token } = await admin.call.apiKey.create({ name: 'Cookie', permissions: [] })
  expect(await authenticate(shop.runtime, { session: token, guest: null, cookies: true })).toEqual({
    kind: 'guest',
    guest: null,
  })
})
