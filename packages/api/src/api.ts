import { setTimeout as sleep } from 'node:timers/promises'
import { forgetTheStart } from './platform/heap.ts'
import { awaitEnd } from './platform/lifecycle.ts'
import { createHealth } from './platform/observe/health.ts'
import { openInternal } from './platform/observe/internal.ts'
import { assertNotBehind, assertPlainRole, type Config, createRuntime } from './runtime.ts'
import { serve } from './serve.ts'

/** Serves the shop over HTTP until it is told to stop. Raises {@link ConfigError}. */
export async function runApi(config: Config): Promise<void> {
  await using runtime = await createRuntime(config, { name: 'api' })
  const ended = awaitEnd(runtime.log)
  const health = createHealth(runtime)
  await using _internal = await openInternal(runtime, health)
  // With one that is away it starts, and is ready when that is back.
  await assertNotBehind(runtime.orm)
  await assertPlainRole(runtime)
  await using server = serve(runtime, health)
  forgetTheStart()
  const port = await server.listen(config.http.port, config.http.host)
  runtime.log.info({ url: config.http.publicUrl, port }, 'api listening')
  const end = await ended
  health.drain()
  // Who sends calls here finds out in this time, and sends them elsewhere.
  if (end === 'told') await sleep(config.shutdownDelayMs)
  await server.close()
  runtime.log.info('api stopped')
}
