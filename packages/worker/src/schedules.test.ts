import { createRuntime, readConfig } from '@barrow/api/runtime'
import { visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, expect, test } from 'vitest'
import { runDue, schedules } from './schedules.ts'

const shop = await testShop()
// Other processes, each with connections of their own.
const others = await Promise.all(Array.from({ length: 3 }, () => createRuntime(readConfig(shop.env))))
afterAll(() => Promise.all(others.map((runtime) => runtime.close())))
const sql = <T>(query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)
const everybody = () => Promise.all([shop.runtime, ...others].flatMap((runtime) => [runDue(runtime), runDue(runtime)]))

test('however many workers there are, each schedule takes its turn once', async () => {
  await sql(`create table turn (name text);
    create function note_turn() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' or new.began_at <> old.began_at then insert into turn values (new.name); end if; return new;
    end $$;
    create trigger note_turn after insert or update on schedule_run for each row execute function note_turn()`)
  await sql('delete from schedule_run')
  await everybody()
  await everybody()
  const turns = await sql<{ name: string; count: number }>(
    'select name, count(*) from turn group by name order by name',
  )
  const rare = schedules.filter(({ everySeconds }) => everySeconds >= 60).map(({ name }) => name)
  expect(turns.filter(({ name }) => rare.includes(name))).toEqual(rare.sort().map((name) => ({ name, count: 1 })))
})

test('a cart that its visitor left behind is gone after a month, by itself', async () => {
  const { id } = await shop.as(visitor()).cart.create({ currency: 'EUR' })
  await sql(`update cart set updated_at = now() - interval '31 days' where id = ?`, [id])
  await sql('delete from schedule_run')
  await everybody()
  expect(await sql('select id from cart where id = ?', [id])).toEqual([])
})
