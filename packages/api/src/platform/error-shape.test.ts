import { MikroORM } from '@mikro-orm/postgresql'
import { expect, inject, test } from 'vitest'
import { faultOf } from './error-shape.ts'
import { ormOptions } from './orm.ts'

test('a call that gets no connection in time is told that the shop is busy, not that it broke', async () => {
  const options = ormOptions({ url: inject('serverUrl'), pool: 1, timeoutMs: 5_000 }, { entities: [], migrations: [] })
  const orm = await MikroORM.init({
    ...options,
    discovery: { warnWhenNoEntities: false },
    driverOptions: { ...options.driverOptions, connectionTimeoutMillis: 2_000 },
  })
  try {
    const late = await orm.em.fork().transactional(async (em) => {
      await em.execute('select 1')
      return orm.em
        .fork()
        .transactional((other) => other.execute('select 1'))
        .catch((error: unknown) => error)
    })
    expect(faultOf(late)).toMatchObject({ reason: 'busy', kind: 'unavailable' })
    expect(faultOf(new Error('anything else', { cause: new Error('is a bug') }))).toBeUndefined()
  } finally {
    await orm.close()
  }
})

test('a call whose transaction the database ended, since it stood still for too long, is told to come back', () => {
  const ended = Object.assign(new Error('terminating connection due to idle-in-transaction timeout'), { code: '25P03' })
  expect(faultOf(new Error('the driver says so', { cause: ended }))).toMatchObject({ reason: 'busy' })
})
