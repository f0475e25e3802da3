import { EntitySchema, MikroORM } from '@mikro-orm/postgresql'
import { expect, inject, test, vi } from 'vitest'
import { faultOf } from './error-shape.ts'
import { openOrm, ormOptions } from './orm.ts'

const POOL = 2

async function openPool() {
  const options = ormOptions(
    { url: inject('serverUrl'), pool: POOL, timeoutMs: 5_000 },
    { entities: [], migrations: [] },
  )
  return MikroORM.init({ ...options, discovery: { warnWhenNoEntities: false } })
}

/** Ends a connection, as a database that restarts or fails over does. */
const breakOff = (orm: MikroORM, pid: number) => orm.em.fork().execute('select pg_terminate_backend(?)', [pid])

test('transactions whose connections break off take no place of the pool with them', async () => {
  const orm = await openPool()
  try {
    for (let times = 0; times < 2 * POOL; times++) {
      const broken = await orm.em
        .fork()
        .transactional(async (em) => {
          const [{ pid }] = await em.execute<[{ pid: number }]>('select pg_backend_pid() as pid')
          await breakOff(orm, pid)
          await em.execute('select 1')
        })
        .catch((error: unknown) => error)
      expect(faultOf(broken)).toMatchObject({ reason: 'busy' })
    }
    expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }])
  } finally {
    await orm.close()
  }
})

test('statements whose connections break off under them say so, and take no place of the pool either', async () => {
  const orm = await openPool()
  try {
    for (let times = 0; times < 2 * POOL; times++) {
      const broken = orm.em.fork().execute('select pg_terminate_backend(pg_backend_pid())')
      expect(faultOf(await broken.catch((error: unknown) => error))).toMatchObject({ reason: 'busy' })
    }
    // The one that broke off last may be handed out once more before its end is heard of.
    await vi.waitFor(async () => expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]))
  } finally {
    await orm.close()
  }
})

test('who closes lets go through what is under way, that which still waits for its first connection too', async () => {
  const thing = new EntitySchema({ name: 'Thing', properties: { id: { type: 'number', primary: true } } })
  const database = { url: inject('serverUrl'), pool: POOL, timeoutMs: 60_000 }
  const orm = await openOrm(database, { entities: [thing], migrations: [] })
  const asked = Array.from({ length: 2 * POOL }, () => orm.em.fork().execute('select 1 as one'))
  await orm.close()
  expect(await Promise.all(asked)).toEqual(Array(2 * POOL).fill([{ one: 1 }]))
})
