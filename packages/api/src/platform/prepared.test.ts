import { testShop } from '@barrow/dev/test-shop'
import { type RawBuilder, sql } from 'kysely'
import { expect, test } from 'vitest'
import { createNames } from './prepared.ts'

const shop = await testShop({ env: { DATABASE_POOL: '1' } })
const db = () => shop.runtime.orm.em.fork().getKysely()
const rowsOf = async <T>(query: RawBuilder<T>): Promise<T[]> => (await query.execute(db())).rows

test('what is asked again and again is planned once; what is asked once leaves nothing behind', async () => {
  await rowsOf(sql`select ${1}::int as once`)
  for (const n of [1, 2, 3, 4]) expect(await rowsOf(sql`select ${n}::int as often`)).toEqual([{ often: n }])
  const kept = await rowsOf(sql<{ statement: string }>`select statement from pg_prepared_statements`)
  const statements = kept.map(({ statement }) => statement)
  expect(statements).toContain('select $1::int as often')
  expect(statements).not.toContain('select $1::int as once')
})

test('a prepared statement that fails can be asked again', async () => {
  const divide = (by: number) => rowsOf(sql`select 1 / ${by}::int as whole`)
  for (const by of [1, 1, 1]) await divide(by)
  await expect(divide(0)).rejects.toThrow('division by zero')
  expect(await divide(1)).toEqual([{ whole: 1 }])
})

test('a connection that is opened anew prepares again what the one before it had', async () => {
  const kept = (n: number) => rowsOf(sql`select ${n}::int as kept`)
  for (const n of [1, 2, 3]) await kept(n)
  await rowsOf(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {})
  await expect.poll(() => kept(4).catch(() => 'away')).toEqual([{ kept: 4 }])
})

test('a statement that was planned while a table was small does not read all of it once it is large', async () => {
  await rowsOf(sql`analyze cart`)
  const plan = await rowsOf(sql`explain (generic_plan) select state from cart where id = $1`)
  expect(JSON.stringify(plan)).toContain('Index Scan')
})

test('names are few, whatever is asked', () => {
  const nameOf = createNames()
  const named = new Set<string>()
  for (let n = 0; n < 1_000; n += 1) for (let times = 0; times < 5; times += 1) named.add(nameOf(`select ${n}`) ?? '')
  named.delete('')
  expect(named.size).toBe(400)
  expect(nameOf('select 0')).toBe('s0')
})
