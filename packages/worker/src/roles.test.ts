import { randomBytes } from 'node:crypto'
import { migrate as migrateShop } from '@barrow/api/runtime'
import { eventId } from '@barrow/api/work'
import { connected } from '@barrow/dev/database'
import { buyer } from '@barrow/dev/test-buyer'
import { createTestDatabase } from '@barrow/dev/test-database'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { consumers } from './consumers/index.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './transports/postgres.ts'
import { startWorker } from './worker.ts'

const serverUrl = inject('serverUrl')
const tag = randomBytes(6).toString('hex')
const roles = { owner: `barrow_owner_${tag}`, app: `barrow_app_${tag}` }
const database = await createTestDatabase({ serverUrl, template: 'template0' })
const as = (role: string) => Object.assign(new URL(database.url), { username: role, password: tag }).href
const urls = { owner: as(roles.owner), app: as(roles.app) }

// As the init script of the compose file makes them.
await connected(serverUrl, async (client) => {
  for (const role of Object.values(roles)) {
    await client.query(`create role ${role} login nosuperuser nocreatedb nocreaterole password '${tag}'`)
  }
  const { pathname } = new URL(database.url)
  await client.query(`alter database ${pathname.slice(1)} owner to ${roles.owner}`)
})
await Promise.all([migrate(urls.owner, urls.app), migrate(urls.owner, urls.app)])

const shop = await testShop({ env: { DATABASE_URL: urls.app } })
afterAll(async () => {
  await database.drop()
  await connected(serverUrl, (client) => client.query(`drop role ${roles.owner}, ${roles.app}`))
})

test('a shop sells, from catalogue to confirmed order, as a role that only reads and writes rows', async () => {
  const { variantIds } = await goods(shop, { onHand: 3 })
  const [variantId = 'variant_none' as const] = variantIds
  const ada = await buyer(shop, [{ variantId }])
  const worker = await startWorker(shop.runtime, consumers)
  try {
    const { id } = await ada.place()
    await vi.waitFor(async () => expect((await ada.caller.order.get({ orderId: id })).status).toBe('confirmed'), {
      timeout: 150_000,
      interval: 20,
    })
  } finally {
    await worker.stop()
  }
})

test('word of events travels by queues that the owner made', async () => {
  const problems: Error[] = []
  const groups = consumers.map(({ name }) => ({ name, events: ['order.placed'] }))
  const part = { groups, leaseSeconds: 30, onError: (error: Error) => problems.push(error) }
  const transport = await openPostgres(urls.app, part)
  const heard: string[] = []
  for (const group of groups)
    await transport.subscribe(group, async ({ key }) => void heard.push(`${group.name} ${key}`))
  await transport.publish([
    { topic: 'order', key: 'k', name: 'order.placed', eventId: eventId.new(), groups: groups.map(({ name }) => name) },
  ])
  const all = consumers.map(({ name }) => `${name} k`).sort()
  await vi.waitFor(() => expect(heard.sort()).toEqual(all), { timeout: 30_000, interval: 20 })
  await transport.close()
  expect(problems).toEqual([])
})

test('a queue that nobody has any more is taken away with what was in it, and no other', async () => {
  const [former = '', stays = ''] = consumers.map(({ name }) => name)
  const groups = [former, stays].map((name) => ({ name, events: ['order.placed'] }))
  const transport = await openPostgres(urls.app, { groups, leaseSeconds: 30, onError: () => {} })
  await transport.publish([
    { topic: 'order', key: 'k', name: 'order.placed', eventId: eventId.new(), groups: [former, stays] },
  ])
  const kept = () =>
    connected(urls.app, async (client) => {
      const { rows } = await client.query<{ queue: string }>(
        `select queue from bullmq.job union select queue from bullmq.event union select queue from bullmq.meta`,
      )
      return rows.map(({ queue }) => queue).filter((queue) => [former, stays].includes(queue))
    })
  expect((await kept()).sort()).toEqual([former, stays].sort())
  await transport.forget(former)
  expect(await kept()).toEqual([stays])
  await transport.forget(stays)
  await transport.close()
})

test.each([
  'create table loot (id int)',
  'create table bullmq.loot (id int)',
  'create schema loot',
  'drop table product cascade',
  'alter table product add column loot int',
  'create index loot on product (id)',
  'truncate product cascade',
  'delete from migration',
  'delete from bullmq.migration',
  `create role loot_${tag}`,
  `copy product to program 'true'`,
])('that role is refused: %s', async (statement) => {
  await connected(urls.app, async (client) => {
    await expect(client.query(statement)).rejects.toMatchObject({
      message: expect.stringMatching(/permission denied|must be owner/),
    })
  })
})

test('what a later migration makes, the shop may use at once', async () => {
  await connected(urls.owner, (client) => client.query('create table later (id int generated by default as identity)'))
  await connected(urls.app, async (client) => {
    await client.query('insert into later default values')
    expect((await client.query('select id from later')).rows).toEqual([{ id: 1 }])
  })
})

test('a worker does not start on a database that is behind, and says what to do', async () => {
  await using database = await createTestDatabase({ serverUrl, template: 'template0' })
  const behind = await testShop({ env: { DATABASE_URL: database.url } })
  await expect(startWorker(behind.runtime, consumers)).rejects.toThrow(/_initial.* not there yet. Run `barrow migrate`/)
  await migrateShop(database.url)
  await expect(startWorker(behind.runtime, consumers)).rejects.toThrow(
    /BullMQ \d+ is not there yet. Run `barrow migrate`/,
  )
  await behind.runtime.close()
})
