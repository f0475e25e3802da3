import { setTimeout as sleep } from 'node:timers/promises'
import { connected } from '@barrow/dev/database'
import { createTestDatabase } from '@barrow/dev/test-database'
import { testShop } from '@barrow/dev/test-shop'
import { expect, inject, test } from 'vitest'
import { migrate } from '../runtime.ts'
import { assertMigrated, assertNotBehind } from './migrate.ts'

const serverUrl = inject('serverUrl')

test('a shop on a database of an older version is told what is missing', async () => {
  const shop = await testShop()
  await assertMigrated(shop.runtime.orm)
  await connected(shop.env.DATABASE_URL ?? '', (client) => client.query('delete from migration'))
  await expect(assertMigrated(shop.runtime.orm)).rejects.toThrow(/_initial.*Run `barrow migrate`/)
})

test('a database that is away is not behind', async () => {
  const shop = await testShop({ env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' } })
  await assertNotBehind(shop.runtime.orm)
  await expect(assertMigrated(shop.runtime.orm)).rejects.toThrow()
})

test('a migration waits for a locked table without keeping others waiting, and goes on when it is free', async () => {
  await using database = await createTestDatabase({ serverUrl, template: inject('template') })
  await connected(database.url, async (holder) => {
    // The last migration is to be run again, on a ledger that somebody holds.
    await holder.query('begin')
    await holder.query('lock table migration in access exclusive mode')
    let done = false
    const migrating = migrate(database.url).then(() => {
      done = true
    })
    const waitedFor = async () => {
      const { rows } = await holder.query(`select 1 from pg_locks where not granted and locktype = 'relation'`)
      return rows.length > 0
    }
    while (!(await waitedFor())) await sleep(20)
    // It lets go of its place in the queue, and comes back.
    while (await waitedFor()) await sleep(20)
    expect(done).toBe(false)
    await holder.query('commit')
    await migrating
  })
})
