import { createRuntime, readConfig } from '@barrow/api/runtime'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const stopped = new Promise((stop) => process.once('SIGTERM', stop).once('SIGINT', stop))

async function work(): Promise<void> {
  await using runtime = await createRuntime(readConfig(process.env), { name: 'worker' })
  const worker = await Promise.race([startWorker(runtime, consumers), stopped.then(() => undefined)])
  // It may wait for its database for ever; until it has started nothing is under way.
  if (worker === undefined) process.exit()
  runtime.log.info({ consumers: consumers.map(({ name }) => name) }, 'worker started')
  await stopped
  await worker.stop()
  runtime.log.info('worker stopped')
}

await work()
// What was connected to a server that went away while it said goodbye would keep on looking for it.
process.exit()
