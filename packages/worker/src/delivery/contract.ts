import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Carrier, openStage, type Stage } from './stage.ts'

// Processes are started and killed, and wait until those that are gone count as dead.
vi.setConfig({ testTimeout: 180_000 })
const soon = { timeout: 120_000, interval: 50 }
const consumers = ['first', 'second']
/**
 * For tests that kill workers: one that dies between two events of a key, or between a commit of the relay and its word to
 * the carrier, leaves behind what nobody has tried and no word is on its way of. It is looked for after this.
 */
const grace = { WORKER_GRACE_SECONDS: '1' }

interface Heard {
  readonly n: number
  readonly consumer: string
  readonly key: string
  readonly sequence: number
  readonly worker: number
}

/** What holds of events whatever carries them. Every test has keys of its own. */
export function deliveryContract(carrier: Carrier, more: (stage: () => Stage, kit: Kit) => void = () => {}): void {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(carrier)
  }, 240_000)
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]()
  })
  afterEach(() => stage.killWorkers())
  const kit = openKit(() => stage)
  const { publish, allHeard } = kit

  test('each group hears each event once, those of one key in their order, shared by several workers', async () => {
    await Promise.all([stage.startWorker(), stage.startWorker(), stage.startWorker()])
    const keys = await publish(60, 10)
    const rows = await allHeard(keys, 10)
    for (const consumer of consumers) {
      const workers = new Set(rows.filter((row) => row.consumer === consumer).map(({ worker }) => worker))
      expect(workers.size).toBeGreaterThan(1)
    }
  })

  test('a worker killed in the middle of a message leaves it to another, which does it once', async () => {
    const workers = await Promise.all([stage.startWorker(grace), stage.startWorker(grace)])
    const [key = '', ...others] = await publish(10, 0)
    await kit.tell(key, 1, 'hang')
    await publish(1, 3, key)
    const hanging = await vi.waitFor(() => {
      const found = workers.find(({ hangs }) => hangs > 0)
      if (found === undefined) throw new Error('nobody hangs yet')
      return found
    }, soon)
    hanging.kill()
    for (const other of others) await publish(1, 3, other)
    await allHeard([key, ...others], 3)
  })

  test('workers that come, go and die under load neither lose nor double an event', async () => {
    const workers = [await stage.startWorker(grace)]
    const keys: string[] = []
    const publishing = (async () => {
      for (let round = 0; round < 20; round++) keys.push(...(await publish(10, 5)))
    })()
    workers.push(await stage.startWorker(grace))
    await workers[0]?.stop()
    workers.push(await stage.startWorker(grace))
    workers[1]?.kill()
    await stage.startWorker(grace)
    await publishing
    await allHeard(keys, 5)
  })

  test('what carries the events is killed and comes back: workers go on without being started again', async () => {
    await Promise.all([stage.startWorker(), stage.startWorker()])
    await allHeard(await publish(20, 3), 3)
    await stage.killCarrier()
    await stage.reviveCarrier()
    // Nothing but the carrier brings them within the hour.
    await kit.publishUntilHeard()
    await allHeard(await publish(20, 3), 3)
  })

  test('a poison message waits, and with it its own key alone, until it is given up', async () => {
    await Promise.all([stage.startWorker(), stage.startWorker()])
    const [key = '', ...others] = await publish(10, 0)
    await kit.tell(key, 1, 'fail')
    await publish(1, 3, key)
    for (const other of others) await publish(1, 3, other)
    await allHeard(others, 3)
    expect(await kit.heardBy('first', key)).toEqual([])
    await vi.waitFor(async () => {
      // The waiting between tries is not what is tried here.
      await stage.sql(`update inbox_entry set due_at = now() where status = 'waiting' and attempts > 0 and key = $1`, [
        key,
      ])
      expect(await kit.heardBy('first', key)).toHaveLength(2)
    }, soon)
    expect(await stage.sql(`select sequence::int, error from inbox_entry where status = 'dead'`)).toEqual([
      { sequence: 1, error: 'Error: poison' },
    ])
    expect((await kit.heardBy('first', key)).map(({ sequence }) => sequence)).toEqual([2, 3])
    expect((await kit.heardBy('second', key)).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
  })

  test('a message that takes its time holds up nobody but its own key', async () => {
    await stage.startWorker()
    const [key = '', ...others] = await publish(40, 0)
    await kit.tell(key, 1, 'hold')
    await publish(1, 2, key)
    for (const other of others) await publish(1, 2, other)
    await allHeard(others, 2)
    expect(await kit.heardBy('first', key)).toEqual([])
    await kit.letGo(key)
    await allHeard([key], 2)
  })

  test('an event that is sent again is not acted on again', async () => {
    await Promise.all([stage.startWorker(), stage.startWorker()])
    const keys = await publish(20, 2)
    await allHeard(keys, 2)
    await stage.sql('update outbox_event set sent_at = null where key = any($1)', [keys])
    // They go out before what is published after them.
    for (const key of keys) await publish(1, 1, key, 3)
    await allHeard(keys, 3)
  })

  more(() => stage, kit)
}

export type Kit = ReturnType<typeof openKit>

function openKit(stage: () => Stage) {
  let count = 0
  const sql: Stage['sql'] = (query, params) => stage().sql(query, params)

  /** Puts events of new keys, or of a given one, into the outbox as a request would. Answers the keys. */
  async function publish(keys: number, times: number, key?: string, from = 1): Promise<string[]> {
    const names =
      key === undefined ? Array.from({ length: keys }, () => `category_${String(++count).padStart(26, '0')}`) : [key]
    if (times === 0) return names
    await sql(
      `insert into outbox_event (id, name, version, key, sequence, payload)
       select 'event_' || lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || right(gen_random_uuid()::text, 12) || lpad(sequence::text, 2, '0'),
         'category.changed', 1, key, sequence, jsonb_build_object('categoryId', key, 'change', 'updated')
       from unnest($1::text[]) key, generate_series($2::int, $3::int) sequence order by sequence`,
      [names, from, from + times - 1],
    )
    await sql(`select pg_notify('barrow_changes', '')`)
    return names
  }

  const heard = (keys: readonly string[]): Promise<Heard[]> =>
    sql<Heard>('select n::int, consumer, key, sequence::int, worker from heard where key = any($1) order by n', [keys])

  return {
    publish,
    heard,
    heardBy: async (consumer: string, key: string) => (await heard([key])).filter((row) => row.consumer === consumer),
    /** What the consumer `first` is to do with one event. */
    tell: (key: string, sequence: number, what: 'hang' | 'fail' | 'hold') =>
      sql(`insert into told (consumer, key, sequence, what) values ('first', $1, $2, $3)`, [key, sequence, what]),
    letGo: (key: string) => sql('delete from told where key = $1', [key]),
    /** Waits until both consumers have heard all events of the keys; each once, those of one key in order. */
    async allHeard(keys: readonly string[], times: number): Promise<Heard[]> {
      const rows = await vi.waitFor(async () => {
        const found = await heard(keys)
        expect(found.length).toBeGreaterThanOrEqual(keys.length * times * consumers.length)
        return found
      }, soon)
      const inOrder = Array.from({ length: times }, (_, index) => index + 1)
      for (const consumer of consumers) {
        for (const key of keys) {
          const sequences = rows
            .filter((row) => row.key === key && row.consumer === consumer)
            .map((row) => row.sequence)
          expect(sequences).toEqual(inOrder)
        }
      }
      return rows
    },
    /** Publishes one event after the other until one arrives: a carrier that comes back may miss the first. */
    async publishUntilHeard(): Promise<void> {
      const keys: string[] = []
      await vi.waitFor(
        async () => {
          keys.push(...(await publish(1, 1)))
          // Any of them, however late: a slow machine is not what is tried.
          const byKey = Map.groupBy(await heard(keys), ({ key }) => key)
          expect([...byKey.values()].some((rows) => rows.length === consumers.length)).toBe(true)
        },
        { ...soon, interval: 500 },
      )
    },
  }
}
