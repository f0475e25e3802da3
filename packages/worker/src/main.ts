import { createRuntime, readConfig } from '@barrow/api/runtime'
import { consumers } from './consumers/index.ts'
import { startWorker } from './worker.ts'

const config = readConfig(process.env)
await using runtime = await createRuntime(config, { name: 'worker' })
const stopped = new Promise((stop) => process.once('SIGTERM', stop).once('SIGINT', stop))
const worker = await Promise.race([startWorker(runtime, consumers), stopped.then(() => undefined)])
// It may wait for its database for ever; until it has started nothing is under way.
if (worker === undefined) process.exit()
runtime.log.info({ consumers: consumers.map(({ name }) => name) }, 'worker started')
await stopped
await worker.stop()
runtime.log.info('worker stopped')
