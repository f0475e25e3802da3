// A worker whose consumers write down what they hear and do as the table `told` says, until it is ended from outside.
import { setTimeout as sleep } from 'node:timers/promises'
import { CategoryChanged } from '@barrow/api/category'
import { type Context, createRuntime, readConfig } from '@barrow/api/runtime'
import type { Event } from '@barrow/api/work'
import { type Consumer, consumer } from '../../consumer.ts'
import { startWorker } from '../../worker.ts'

const recorder = (name: string): Consumer =>
  consumer({
    name,
    events: [CategoryChanged],
    before: (ctx, event) => obey(ctx, name, event),
    handle: (ctx, { key, sequence }) =>
      ctx.em.execute('insert into heard (consumer, key, sequence, worker) values (?, ?, ?, ?)', [
        name,
        key,
        sequence,
        process.pid,
      ]),
  })

/** What the test wants of one event: to hang once, to fail, or to be held until it is let go. */
async function obey(ctx: Context, name: string, { key, sequence }: Event): Promise<void> {
  const told: { what: string }[] = await ctx.em.execute(
    `select what from told where consumer = ? and key = ? and sequence = ?`,
    [name, key, sequence],
  )
  const what = told[0]?.what
  if (what === 'fail') throw new Error('poison')
  if (what === 'hang') {
    await ctx.em.execute(`delete from told where consumer = ? and key = ?`, [name, key])
    process.stdout.write('hangs\n')
    await new Promise(() => {})
  }
  if (what === 'hold') {
    await sleep(50)
    // All that is looked at of an event here.
    await obey(ctx, name, { key, sequence } as Event)
  }
}

await using runtime = await createRuntime(readConfig(process.env), { name: 'worker' })
const stopped = new Promise((stop) => process.once('SIGTERM', stop))
const worker = await startWorker(runtime, [recorder('first'), recorder('second')])
process.stdout.write('works\n')
await stopped
await worker.stop()
// As the worker of a shop does.
process.exit()
