import { createRuntime, readConfig, unlessRefused } from '@barrow/api/runtime'
import { awaitEnd, createHealth, openInternal } from '@barrow/api/work'
import { consumers } from './consumers/index.ts'
import { startWorker, type Worker } from './worker.ts'

async function work(): Promise<void> {
  await using runtime = await createRuntime(readConfig(process.env), { name: 'worker' })
  const ended = awaitEnd(runtime.log)
  let worker: Worker | undefined
  const health = createHealth(runtime, {
    isLive: () => worker?.isLive() ?? true,
    isReady: () => worker !== undefined,
  })
  await using _internal = await openInternal(runtime, health)
  worker = await Promise.race([startWorker(runtime, consumers), ended.then(() => undefined)])
  // It may wait for its database for ever; until it has started nothing is under way.
  if (worker === undefined) process.exit()
  runtime.log.info({ consumers: consumers.map(({ name }) => name) }, 'worker started')
  await ended
  health.drain()
  await worker.stop()
  runtime.log.info('worker stopped')
}

await unlessRefused(work)
// What was connected to a server that went away while it said goodbye would keep on looking for it.
process.exit()
