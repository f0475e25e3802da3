import type { TestShop } from '@barrow/dev/test-shop'

/** What a refused call may leave behind: that it was made, so that the next one has to wait. */
const COUNTED = /^(rate_limit|limit|login_failure|second_factor_failure)/

/**
 * Counts the rows that are changed for good from now on: in every table, by triggers that are undone with what they
 * belong to. Answers how many there were since it was last asked, by table.
 */
export async function watchRows(shop: TestShop): Promise<() => Promise<Record<string, number>>> {
  const em = shop.runtime.orm.em.fork()
  await em.execute('create table fuzz_change (at bigserial, name text)')
  await em.execute(`create function note_change() returns trigger security definer language plpgsql as
    $$ begin insert into fuzz_change (name) values (tg_table_name); return null; end $$`)
  const tables: { name: string }[] = await em.execute(
    `select tablename as name from pg_tables where schemaname = current_schema() and tablename <> 'fuzz_change'`,
  )
  for (const { name } of tables.filter(({ name }) => !COUNTED.test(name))) {
    await em.execute(
      `create trigger fuzz_note after insert or update or delete on "${name}" for each row execute function note_change()`,
    )
  }
  return async () => {
    const rows: { name: string; count: string }[] = await em.execute(
      `with gone as (delete from fuzz_change returning name) select name, count(*) as count from gone group by name`,
    )
    return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]))
  }
}
