import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { goods } from '@barrow/dev/test-goods'
import type { TestShop } from '@barrow/dev/test-shop'
import { beforeAll, expect, test, vi } from 'vitest'
import { runWith } from '../test-io.ts'

/** More than one batch of a rebuild. */
const PRODUCTS = 110

/** What becomes of a rebuild that is killed in the middle, whatever engine it is for. */
export function survivesKilledRebuilds(shop: TestShop, engine: 'postgres' | 'opensearch'): void {
  const ids: string[] = []
  const rebuild = () => runWith(['search', 'rebuild', '--engine', engine], shop.env)
  const found = async () => (await shop.guest().product.search({ currency: 'EUR', q: 'goods' })).total.count
  const sql = <Row>(text: string, values: unknown[] = []) => shop.runtime.orm.em.fork().execute<Row[]>(text, values)

  beforeAll(async () => {
    for (let n = 0; n < PRODUCTS; n++) ids.push((await goods(shop, { onHand: 1 })).productId)
    expect((await runWith(['search', 'rebuild'], shop.env)).status).toBe(0)
  }, 300_000)

  /** Ends a rebuild by SIGKILL while it waits for a product of its second batch: its new index is half full then. */
  async function killHalfway(): Promise<void> {
    const main = join(import.meta.dirname, '..', 'main.ts')
    await shop.runtime.orm.em.fork().transactional(async (em) => {
      await em.execute('select from product where id = ? for update', [ids.toSorted().at(-1)])
      const child = spawn(process.execPath, [main, 'search', 'rebuild', '--engine', engine], {
        // It waits for the lock until it is killed.
        env: { ...shop.env, DATABASE_TIMEOUT_MS: '120000' },
        stdio: 'ignore',
      })
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await vi.waitFor(async () => expect(await sql(waiting)).toHaveLength(1), { timeout: 60_000, interval: 20 })
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    expect(await sql(`select from search_index where engine = ? and state = 'building'`, [engine])).toHaveLength(1)
  }

  test('the index that answers stays whole, the next rebuild waits a minute for it and then succeeds', async () => {
    for (let round = 0; round < 2; round++) {
      await killHalfway()
      expect(await found()).toBe(PRODUCTS)
      expect(await rebuild()).toMatchObject({ status: 1, err: expect.stringContaining('rebuild_under_way') })
      await sql(`update search_index set beat_at = now() - interval '61 seconds' where state <> 'active'`)
      expect(await rebuild()).toMatchObject({
        status: 0,
        out: `${engine}: the index is new, ${PRODUCTS} products were read.\n`,
      })
      expect(await found()).toBe(PRODUCTS)
    }
    expect(await sql(`select from search_index where state <> 'active'`)).toEqual([])
  })
}
