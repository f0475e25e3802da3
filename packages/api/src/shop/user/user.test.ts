import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { Permission } from '../../platform/actor.ts'
import { colleague, customer, eventLog, mailTo, outcomes, PASSWORD, visitor } from '../auth/test-visitor.ts'

const shop = await testShop()
const forbidden = { code: 'FORBIDDEN' }
const notFound = { cause: { reason: 'user_not_found' } }

test('staff add a customer, who chooses a password by mail and signs in', async () => {
  const published = eventLog(shop)
  await published()
  const email = 'phoned-in@example.com'
  const clerk = shop.staff('customers:write', 'customers:read')
  const account = await clerk.user.create({ email, name: 'Phoned In', role: 'customer' })
  expect(account).toMatchObject({ email, name: 'Phoned In', role: 'customer', status: 'active', permissions: [] })
  expect(await clerk.user.get({ id: account.id })).toEqual(account)
  expect((await published()).map(({ name }) => name)).toEqual(['user.changed', 'auth.invited'])
  const { call } = visitor(shop)
  await call.auth.resetPassword({ token: (await mailTo(shop, email, 'invitation')).token, newPassword: PASSWORD })
  expect(await call.auth.login({ email, password: PASSWORD })).toMatchObject({ id: account.id, emailVerified: true })
})

test('one address has one account, in whatever case it is written', async () => {
  await shop.system.user.create({ email: 'once@example.com', role: 'customer' })
  await expect(shop.system.user.create({ email: 'ONCE@example.com', role: 'staff' })).rejects.toMatchObject({
    cause: { reason: 'email_taken' },
  })
})

test('accounts are found by role, status and a part of address or name, page by page, newest first', async () => {
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    const { id } = await shop.system.user.create({
      email: `page${n}@100%_paged.test`,
      name: `Reader ${n}`,
      role: 'customer',
    })
    ids.unshift(id)
  }
  const first = await shop.system.user.list({ text: '100%_PAGED', limit: 3 })
  const second = await shop.system.user.list({ text: '100%_PAGED', limit: 3, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(ids)
  expect(second.next).toBeNull()
  expect((await shop.system.user.list({ text: 'reader 3' })).rows.map(({ id }) => id)).toEqual([ids[1]])
  expect((await shop.system.user.list({ text: 'paged.test', role: 'staff' })).rows).toEqual([])
  await shop.system.user.disable({ id: (await shop.system.user.get({ id: first.rows[0]?.id ?? 'user_' })).id })
  const disabled = await shop.system.user.list({ text: 'paged.test', status: 'disabled' })
  expect(disabled.rows.map(({ id }) => id)).toEqual([ids[0]])
})

test('who looks after customers neither sees nor touches staff and admins', async () => {
  const staff = await colleague(shop, { role: 'staff' })
  const admin = await colleague(shop, { role: 'admin' })
  const robin = await customer(shop)
  const clerk = shop.staff('customers:read', 'customers:write')
  for (const { id } of [staff, admin]) {
    await expect(clerk.user.get({ id })).rejects.toMatchObject(notFound)
    await expect(clerk.user.update({ id, name: 'Renamed' })).rejects.toMatchObject(notFound)
    await expect(clerk.user.disable({ id })).rejects.toMatchObject(notFound)
    await expect(clerk.user.signOut({ id })).rejects.toMatchObject(notFound)
    await expect(clerk.user.erase({ id })).rejects.toMatchObject(notFound)
  }
  const seen = (await clerk.user.list({ limit: 100 })).rows
  expect(seen.map(({ id }) => id)).toContain(robin.id)
  expect(seen.filter(({ role }) => role !== 'customer')).toEqual([])
})

test('who looks after staff needs no power over customers for it', async () => {
  const head = shop.staff('staff:read', 'staff:write')
  const { id } = await head.user.create({ email: 'hired@example.com', role: 'staff' })
  expect(await head.user.update({ id, name: 'Hired' })).toMatchObject({ role: 'staff', name: 'Hired' })
  expect((await head.user.list({ limit: 100 })).rows.filter(({ role }) => role === 'customer')).toEqual([])
  const robin = await customer(shop)
  await expect(head.user.get({ id: robin.id })).rejects.toMatchObject(notFound)
  await expect(head.user.erase({ id: robin.id })).rejects.toMatchObject(notFound)
  await expect(head.user.create({ email: 'new-one@example.com', role: 'customer' })).rejects.toMatchObject(forbidden)
})

test('who adds an account and may not see it any more when they ask again is told so', async () => {
  const head = { kind: 'staff', userId: 'user_00000000000000000000000000', sessionId: 'x', admin: false } as const
  const input = { email: 'asked-twice@example.com', role: 'staff' } as const
  const as = (permissions: Permission[]) =>
    shop.as({ ...head, assurance: 'recent', permissions }, 'adds-a-colleague').user.create(input)
  await as(['staff:write'])
  await expect(as(['customers:write'])).rejects.toMatchObject(notFound)
})

test('nobody rises but by who stands higher', async () => {
  const robin = await customer(shop)
  const clerk = shop.staff('customers:read', 'customers:write')
  const head = shop.staff('customers:read', 'customers:write', 'staff:read', 'staff:write', 'orders:read')
  for (const role of ['staff', 'admin'] as const) {
    await expect(clerk.user.update({ id: robin.id, role })).rejects.toMatchObject(forbidden)
    await expect(clerk.user.create({ email: `${role}@example.com`, role })).rejects.toMatchObject(forbidden)
  }
  await expect(head.user.update({ id: robin.id, role: 'admin' })).rejects.toMatchObject(forbidden)
  await expect(head.user.update({ id: robin.id, role: 'staff', permissions: ['orders:refund'] })).rejects.toMatchObject(
    forbidden,
  )
  await head.user.update({ id: robin.id, role: 'staff', permissions: ['orders:read'] })
  const admin = await colleague(shop, { role: 'admin' })
  await expect(head.user.disable({ id: admin.id })).rejects.toMatchObject(forbidden)
  await expect(head.user.update({ id: admin.id, role: 'customer' })).rejects.toMatchObject(forbidden)
})

test('only members of staff have permissions, and lose them with the role', async () => {
  const robin = await customer(shop)
  await expect(shop.system.user.update({ id: robin.id, permissions: ['orders:read'] })).rejects.toMatchObject({
    cause: { reason: 'permissions_need_staff' },
  })
  const staff = await shop.system.user.update({ id: robin.id, role: 'staff', permissions: ['orders:read'] })
  expect(staff.permissions).toEqual(['orders:read'])
  expect((await shop.system.user.update({ id: robin.id, role: 'customer' })).permissions).toEqual([])
})

test('a session does not outlive a change of role', async () => {
  const robin = await customer(shop)
  await shop.system.user.update({ id: robin.id, role: 'staff' })
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('disabling ends every session at once, and enabling brings none back', async () => {
  const robin = await customer(shop)
  await shop.system.user.disable({ id: robin.id })
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await shop.system.user.enable({ id: robin.id })
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await robin.call.auth.login({ email: robin.email, password: PASSWORD })
  await shop.system.user.signOut({ id: robin.id })
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('people who sign in while they are disabled stay out', async () => {
  const robin = await customer(shop)
  const phones = Array.from({ length: 10 }, () => visitor(shop))
  await Promise.allSettled([
    ...phones.map(({ call }) => call.auth.login({ email: robin.email, password: PASSWORD })),
    shop.system.user.disable({ id: robin.id }),
  ])
  const { succeeded } = await outcomes(phones.map(({ call }) => call.auth.me()))
  expect(succeeded).toBe(0)
})

test('the shop always keeps an admin, also when two take each other’s place at the same moment', async () => {
  const admins = await shop.system.user.list({ role: 'admin', status: 'active', limit: 100 })
  const keep = [await colleague(shop, { role: 'admin' }), await colleague(shop, { role: 'admin' })] as const
  for (const { id } of admins.rows) await shop.system.user.disable({ id })
  const [a, b] = keep
  const attempts = await outcomes([
    a.call.user.update({ id: b.id, role: 'customer' }),
    b.call.user.disable({ id: a.id }),
    shop.system.user.erase({ id: a.id }),
    shop.system.user.erase({ id: b.id }),
  ])
  expect(attempts.reasons).toContain('last_admin')
  const left = await shop.system.user.list({ role: 'admin', status: 'active' })
  expect(left.rows).toHaveLength(1)
  const [last] = left.rows
  if (last === undefined) throw new Error('no admin is left')
  for (const attempt of [
    () => shop.system.user.disable({ id: last.id }),
    () => shop.system.user.update({ id: last.id, role: 'staff' }),
    () => shop.system.user.erase({ id: last.id }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ cause: { reason: 'last_admin' } })
  }
})

test('audit rows and events of accounts hold no name and no address', async () => {
  const email = 'nowhere-else@example.com'
  await shop.system.user.create({ email, name: 'Nora Nowhere', role: 'customer' })
  const { rows } = await shop.system.audit.list({ limit: 100 })
  const events = await eventLog(shop)()
  expect(JSON.stringify([rows, events])).not.toMatch(/nowhere/i)
})
