import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { colleague, customer } from './test-visitor.ts'

const shop = await testShop()
const reader = shop.staff('audit:read')

test('who did what to whom can be asked for by subject, by actor, by action and by time', async () => {
  const robin = await customer(shop)
  const clerk = await colleague(shop, { role: 'staff', permissions: ['customers:write'] })
  await clerk.call.user.update({ id: robin.id, name: 'Robin R. Reed' })
  await clerk.call.user.disable({ id: robin.id })

  const of = async (filter: Parameters<typeof reader.audit.list>[0]) =>
    (await reader.audit.list(filter)).rows.map(({ action }) => action)
  expect(await of({ subject: robin.id })).toEqual(['user.disable', 'user.update', 'auth.login', 'auth.register'])
  expect(await of({ actor: clerk.id })).toEqual(['user.disable', 'user.update'])
  expect(await of({ actor: clerk.id, action: 'user.update' })).toEqual(['user.update'])

  const { rows } = await reader.audit.list({ subject: robin.id, action: 'user.disable' })
  expect(rows[0]).toMatchObject({
    actor: clerk.id,
    actorKind: 'staff',
    before: { status: 'active' },
    after: { status: 'disabled' },
  })
  const at = rows[0]?.at ?? new Date(0)
  expect(await of({ subject: robin.id, from: at })).toEqual(['user.disable'])
  expect(await of({ subject: robin.id, until: at })).not.toContain('user.disable')
})

test('the log pages by cursor and misses none', async () => {
  for (let n = 0; n < 5; n++) await shop.system.category.create({ slug: `page-${n}`, name: 'Page' })
  const first = await reader.audit.list({ action: 'category.create', limit: 3 })
  const second = await reader.audit.list({ action: 'category.create', limit: 3, cursor: first.next ?? '' })
  expect(new Set([...first.rows, ...second.rows].map(({ subject }) => subject)).size).toBe(5)
  expect(second.next).toBeNull()
})
