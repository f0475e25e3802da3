import { setTimeout as sleep } from 'node:timers/promises'
import { createRuntime, readConfig, unlessRefused } from '@barrow/api/runtime'
import { awaitEnd, createHealth, openInternal } from '@barrow/api/work'
import { consumers } from './consumers/index.ts'
import { startWorker, type Worker } from './worker.ts'

/** How long one that is told to stop while it starts has to start. */
const STARTING_MS = 10_000

async function work(): Promise<void> {
  await using runtime = await createRuntime(readConfig(process.env), { name: 'worker' })
  const ended = awaitEnd(runtime.log)
  let worker: Worker | undefined
  const health = createHealth(runtime, {
    isLive: () => worker?.isLive() ?? true,
    isReady: () => worker !== undefined,
  })
  await using _internal = await openInternal(runtime, health)
  const starting = startWorker(runtime, consumers)
  worker = await Promise.race([starting, ended.then(() => undefined)])
  // Told to stop meanwhile, it may be at an event already, as its first consumers do not wait for the last; and it may wait
  // for a server for ever.
  worker ??= await Promise.race([starting, sleep(STARTING_MS, undefined)])
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
