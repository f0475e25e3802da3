import { testShop } from '@barrow/dev/test-shop'
import { tripsOf } from '@barrow/dev/test-statements'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { closeWith, lastly } from './closing.ts'
import { createWorkContext } from './context.ts'
import { demand, isUnmet } from './demand.ts'
import { atOnce, type Given, statement } from './statement.ts'
import { inTransaction } from './transaction.ts'

const shop = await testShop({ env: { DATABASE_POOL: '1' } })
const context = () => createWorkContext(shop.runtime, 'test', 'test', 'test')
const run = (text: string) => shop.runtime.orm.em.fork().execute(text)
await run('create table noted (n int primary key, other int references noted (n) deferrable initially deferred)')

interface Noted {
  readonly n: number
  readonly other?: number
}
const note = statement(
  (given: Given<Noted>) => sql<{ n: number }>`
    insert into noted (n, other) values (${given(({ n }) => n)}, ${given(({ other }) => other ?? null)}) returning n`,
)
/** The last of them commits their transaction. */
const noteAll = (...all: Noted[]) =>
  inTransaction(context(), async (ctx) => {
    const last = all.at(-1)
    for (const one of all) await note({ ...ctx, isLast: one === last }, one)
  })
const noted = async (n: number) => (await run(`select n from noted where n = ${n}`)).length === 1

// The only connection there is has prepared all that is sent below.
for (const n of [1, 2, 3]) await noteAll({ n })
beforeEach(() => run('delete from noted'))

test('BEGIN goes with the first statement of a transaction, COMMIT with the one that is known to be the last', async () => {
  expect(await tripsOf(() => noteAll({ n: 1 }))).toHaveLength(1)
  expect(await tripsOf(() => noteAll({ n: 2 }, { n: 3 }, { n: 4 }))).toHaveLength(3)
  expect(await tripsOf(() => inTransaction(context(), (ctx) => note(ctx, { n: 5 })))).toHaveLength(2)
  for (const n of [1, 2, 3, 4, 5]) expect(await noted(n)).toBe(true)
})

test('a transaction that asks nothing is none', async () => {
  expect(await tripsOf(() => inTransaction(context(), async () => 1))).toHaveLength(0)
  await expect(inTransaction(context(), async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await tripsOf(() => noteAll({ n: 1 }))).toHaveLength(1)
})

test('what fails is not committed, wherever it stands, and the connection serves on', async () => {
  await noteAll({ n: 1 })
  await expect(noteAll({ n: 10 }, { n: 1 })).rejects.toMatchObject({ code: '23505' })
  expect(await noted(10)).toBe(false)
  await expect(noteAll({ n: 1 }, { n: 10 })).rejects.toMatchObject({ code: '23505' })
  expect(await noted(10)).toBe(false)
  await expect(
    inTransaction(context(), async (ctx) => {
      await note(ctx, { n: 10 })
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  expect(await noted(10)).toBe(false)
  await noteAll({ n: 10 })
  expect(await noted(10)).toBe(true)
})

test('what COMMIT itself refuses is told by the statement that it goes with', async () => {
  await expect(noteAll({ n: 20 }, { n: 21, other: 404 })).rejects.toMatchObject({ code: '23503' })
  expect([await noted(20), await noted(21)]).toEqual([false, false])
})

test('a statement after the last one fails, and is not done outside of any transaction', async () => {
  const twice = inTransaction(context(), async (ctx) => {
    await note({ ...ctx, isLast: true }, { n: 30 })
    await note(ctx, { n: 31 })
  })
  await expect(twice).rejects.toThrow('was committed with the statement before')
  expect([await noted(30), await noted(31)]).toEqual([true, false])
})

test('work that joins a transaction does not commit it', async () => {
  const joining = inTransaction(context(), async (ctx) => {
    await inTransaction(ctx, async (ctx) => note(lastly(ctx), { n: 40 }))
    await inTransaction(ctx, async (ctx) => closeWith(ctx, note.of({ n: 41 })))
    throw new Error('changed my mind')
  })
  await expect(joining).rejects.toThrow('changed my mind')
  expect([await noted(40), await noted(41)]).toEqual([false, false])
})

test('what is demanded and is not so fails with all that was sent behind it', async () => {
  const demanding = statement((given: Given<boolean>) => sql`select ${demand(given((so) => so))} as met`)
  const noteIf = (so: boolean, n: number) =>
    inTransaction(context(), (ctx) => closeWith(ctx, demanding.of(so), note.of({ n })))
  for (const n of [50, 51, 52]) await noteIf(true, n)
  const unmet = await noteIf(false, 53).catch((error: unknown) => error)
  expect(isUnmet(unmet)).toBe(true)
  expect([await noted(52), await noted(53)]).toEqual([true, false])
})

test('several statements at once are one round trip, each with rows of its own, and after one that fails nothing is done', async () => {
  const both = (...all: [Noted, Noted]) =>
    inTransaction(context(), (ctx) => atOnce({ ...ctx, isLast: true }, note.of(all[0]), note.of(all[1])))
  for (const n of [50, 52, 54]) await both({ n }, { n: n + 1 })
  let rows: unknown
  const trips = await tripsOf(async () => {
    rows = await both({ n: 60 }, { n: 61 })
  })
  expect(trips.map((trip) => trip.length)).toEqual([4])
  expect(rows).toEqual([[{ n: 60 }], [{ n: 61 }]])
  await expect(both({ n: 60 }, { n: 62 })).rejects.toMatchObject({ code: '23505' })
  await expect(both({ n: 63 }, { n: 60 })).rejects.toMatchObject({ code: '23505' })
  for (const n of [62, 63]) expect(await noted(n)).toBe(false)
})

test('a statement whose columns a migration has changed fails once on a connection, and then has a new name', async () => {
  await run('create table moving (n int)')
  await run('insert into moving values (1)')
  const read = statement((given: Given<number>) => sql`select * from moving where n >= ${given((n) => n)}`)
  for (const n of [0, 0, 0, 0]) expect(await read(context(), n)).toEqual([{ n: 1 }])
  await run('alter table moving add column more int')
  await expect(read(context(), 0)).rejects.toMatchObject({ code: '0A000' })
  for (const n of [0, 0]) expect(await read(context(), n)).toEqual([{ n: 1, more: null }])
  await noteAll({ n: 70 })
  expect(await noted(70)).toBe(true)
})

test('a value that cannot be sent is an error of its own, and leaves nothing behind', async () => {
  const knot: Record<string, unknown> = {}
  knot.knot = knot
  await expect(noteAll({ n: 40 }, { n: knot as never })).rejects.toThrow(/circular/)
  expect(await noted(40)).toBe(false)
  // Neither does one that would have begun the transaction, whatever its caller makes of it.
  const undecided = inTransaction(context(), async (ctx) => {
    await note(ctx, { n: knot as never }).catch(() => {})
    await note(ctx, { n: 41 })
    throw new Error('changed my mind')
  })
  await expect(undecided).rejects.toThrow('changed my mind')
  expect(await noted(41)).toBe(false)
})
