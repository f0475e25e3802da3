import type { Runtime } from '@barrow/api/runtime'
import { BEAT_SECONDS, beat, createWorkContext, enlist, leave, workerId } from '@barrow/api/work'
import type { Consumer } from './consumer.ts'
import { startLoop } from './loop.ts'

/** Declares what this worker runs, and says every few seconds that it lives, until it is stopped. */
export function startPulse(
  runtime: Runtime,
  consumers: readonly Consumer[],
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const id = workerId.new()
  const names = consumers.map(({ name }) => name)
  const ctx = () => createWorkContext(runtime, 'worker', 'worker:pulse', id)
  let enlisted = false
  const loop = startLoop(
    BEAT_SECONDS * 1_000,
    async () => {
      if (!enlisted) await enlist(ctx(), consumers.map(declarationOf))
      enlisted = true
      await beat(ctx(), id, names)
      return false
    },
    onError,
  )
  return {
    async stop() {
      await loop.stop()
      await leave(ctx(), id).catch(onError)
    },
  }
}

const declarationOf = ({ name, events, replayable }: Consumer) => ({
  name,
  events: events.map((event) => event.name),
  replayable,
})
