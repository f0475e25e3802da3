import { testShop } from '@barrow/dev/test-shop'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { newRequestId } from '../../platform/ids.ts'

const lines: string[] = []
const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) })
const shop = await testShop({ log })
const staff = shop.staff('settings:write', 'settings:read', 'catalog:write')
const { em } = shop.runtime.orm

let count = 0
const url = () => `https://hooks-${++count}.example.com/barrow`
const create = (more: { url?: string; events?: string[] } = {}) =>
  staff.webhook.create({ url: url(), events: ['order.placed'], ...more })

test('a webhook is made, found, changed and listed; its secret is shown once', async () => {
  const { secret, ...webhook } = await create({ events: ['order.placed', 'category.changed', 'order.placed'] })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(webhook).toMatchObject({ status: 'active', events: ['category.changed', 'order.placed'], failingSince: null })
  expect(await staff.webhook.get({ id: webhook.id })).toEqual(webhook)
  const changed = await staff.webhook.update({
    id: webhook.id,
    description: 'The warehouse',
    events: ['order.confirmed'],
  })
  expect(changed).toEqual({ ...webhook, description: 'The warehouse', events: ['order.confirmed'] })
  expect((await staff.webhook.list({})).rows[0]).toEqual(changed)
})

test('a webhook asks for events of the catalogue, and for nothing else', async () => {
  const { events } = await staff.webhook.events()
  expect(events).toContainEqual({ name: 'order.placed', version: 1 })
  expect(events.map(({ name }) => name)).not.toContain('webhook.test')
  const unknown = { cause: { reason: 'unknown_events', details: { names: ['order.plaecd', 'webhook.test'] } } }
  await expect(create({ events: ['webhook.test', 'order.placed', 'order.plaecd'] })).rejects.toMatchObject(unknown)
  const { id } = await create()
  await expect(staff.webhook.update({ id, events: ['order.plaecd', 'webhook.test'] })).rejects.toMatchObject(unknown)
})

test.each([
  ['http://hooks.example.com/', 'scheme'],
  ['http://127.0.0.1:4000/', 'scheme'],
  ['https://127.0.0.1/', 'address'],
  ['https://localhost/', 'address'],
  ['https://10.1.2.3/', 'address'],
  ['https://169.254.169.254/latest/meta-data/', 'address'],
  ['https://[fd00::1]/', 'address'],
  ['https://me:secret@hooks.example.com/', 'credentials'],
  ['https://hooks.example.com:22/', 'port'],
])('%s is refused because of its %s', async (url, because) => {
  const refused = { code: 'BAD_REQUEST', cause: { reason: 'webhook_url_refused', details: { because } } }
  await expect(create({ url })).rejects.toMatchObject(refused)
  const { id } = await create()
  await expect(staff.webhook.update({ id, url })).rejects.toMatchObject(refused)
})

test('two webhooks cannot have one URL, so that a repeated call makes no second one; a deleted one is not in the way', async () => {
  const { id, url } = await create()
  await expect(create({ url })).rejects.toMatchObject({ cause: { reason: 'webhook_url_taken' } })
  const other = await create()
  await expect(staff.webhook.update({ id: other.id, url })).rejects.toMatchObject({
    cause: { reason: 'webhook_url_taken' },
  })
  await staff.webhook.delete({ id })
  expect((await create({ url })).url).toBe(url)
})

test('a deleted webhook is gone, and its secrets with it', async () => {
  const { id } = await create()
  await staff.webhook.delete({ id })
  const gone = { code: 'NOT_FOUND', cause: { reason: 'webhook_not_found' } }
  await expect(staff.webhook.get({ id })).rejects.toMatchObject(gone)
  await expect(staff.webhook.update({ id, description: 'x' })).rejects.toMatchObject(gone)
  await expect(staff.webhook.delete({ id })).rejects.toMatchObject(gone)
  await expect(staff.webhook.rotateSecret({ id })).rejects.toMatchObject(gone)
  await expect(staff.webhook.test({ id })).rejects.toMatchObject(gone)
  expect(await em.fork().execute('select id from webhook_secret where webhook_id = ?', [id])).toEqual([])
})

test('webhooks are for staff who may see and change the settings', async () => {
  const { id } = await create()
  await expect(shop.guest().webhook.list({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(shop.staff('orders:read').webhook.list({})).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(shop.staff('settings:read').webhook.rotateSecret({ id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a secret is nowhere but in the answer that shows it', async () => {
  const key = newRequestId()
  const userId = 'user_00000000000000000000000000'
  const actor = { kind: 'staff', userId, sessionId: 'x', admin: true, assurance: 'recent' } as const
  const made = await shop
    .as({ ...actor, permissions: [] }, key)
    .webhook.create({ url: url(), events: ['order.placed'] })
  const rotated = await shop.as({ ...actor, permissions: [] }, `${key}-2`).webhook.rotateSecret({ id: made.id })
  expect(rotated.secret).not.toBe(made.secret)
  const stored = JSON.stringify([
    lines,
    await em.fork().execute('select * from webhook_endpoint'),
    await em.fork().execute('select * from webhook_secret'),
    await em.fork().execute('select * from idempotency_key'),
    await em.fork().execute('select * from audit_entry'),
    await em.fork().execute('select * from outbox_event'),
    await staff.webhook.list({ limit: 100 }),
  ])
  expect(lines.join()).toContain('webhook.rotateSecret')
  for (const { secret } of [made, rotated]) {
    expect(stored).not.toContain(secret)
    expect(stored).not.toContain(secret.slice('whsec_'.length, 30))
  }
})

test('of many rotations in a row none pushes out a secret that is in use, and their number has an end', async () => {
  const { id } = await create()
  expect((await staff.webhook.get({ id })).oldSecretsUntil).toBeNull()
  for (let n = 0; n < 4; n++) await staff.webhook.rotateSecret({ id })
  expect((await staff.webhook.get({ id })).oldSecretsUntil).not.toBeNull()
  await expect(staff.webhook.rotateSecret({ id })).rejects.toMatchObject({ cause: { reason: 'too_many_secrets' } })
  await staff.webhook.rotateSecret({ id, overlapHours: 0 })
  expect((await staff.webhook.get({ id })).oldSecretsUntil).toBeNull()
})

test('disabling and enabling is told to whoever listens, and noted with who did it', async () => {
  const { id } = await create()
  expect(await staff.webhook.disable({ id })).toMatchObject({ status: 'disabled', disabledReason: 'staff' })
  expect(await staff.webhook.disable({ id })).toMatchObject({ status: 'disabled', disabledReason: 'staff' })
  await expect(staff.webhook.test({ id })).rejects.toMatchObject({ cause: { reason: 'webhook_disabled' } })
  const events = await em.fork().execute('select name, payload from outbox_event where key = ?', [id])
  expect(events).toEqual([{ name: 'webhook.disabled', payload: { webhookId: id, reason: 'staff' } }])
  expect(await staff.webhook.enable({ id })).toMatchObject({ status: 'active', disabledReason: null })
  const log = await shop.system.audit.list({ subject: id })
  expect(log.rows.map(({ action }) => action)).toEqual([
    'webhook.enable',
    'webhook.disable',
    'webhook.disable',
    'webhook.create',
  ])
})

test('a URL may hold a password of its receiver: the audit log says only that it changed', async () => {
  const { id } = await create()
  await staff.webhook.update({ id, url: `https://hooks.example.com/token-4711` })
  const log = await shop.system.audit.list({ subject: id })
  expect(log.rows[0]).toMatchObject({ action: 'webhook.update', after: { urlChanged: true } })
  expect(JSON.stringify(log)).not.toContain('4711')
})

test('the list pages by cursor and misses none', async () => {
  for (let n = 0; n < 3; n++) await create()
  const all = (await staff.webhook.list({ limit: 100 })).rows.map(({ id }) => id)
  const first = await staff.webhook.list({ limit: 2 })
  const second = await staff.webhook.list({ limit: 100, cursor: first.next ?? '' })
  expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(all)
})

test('a shop has at most a hundred webhooks', async () => {
  await em.fork().execute(
    `insert into webhook_endpoint (id, url, description, events, status)
     select 'webhook_' || n, 'https://full.example.com/' || n, '', '{}', 'active' from generate_series(1, 100) n`,
  )
  await expect(create()).rejects.toMatchObject({ cause: { reason: 'too_many_webhooks' } })
  await em.fork().execute(`delete from webhook_endpoint where url like 'https://full.example.com/%'`)
  await create()
})

test('a URL is kept as it will be called', async () => {
  const { id, url } = await create({ url: ' HTTPS://Kept.Example.COM:443/a b\0/../ä' })
  expect(url).toBe('https://kept.example.com/%C3%A4')
  await expect(create({ url: 'https://kept.example.com/ä' })).rejects.toMatchObject({
    cause: { reason: 'webhook_url_taken' },
  })
  await expect(staff.webhook.update({ id, url: `https://long.example.com/${'ä'.repeat(2000)}` })).rejects.toMatchObject(
    { cause: { reason: 'invalid_input' } },
  )
})
