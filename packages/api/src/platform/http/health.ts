import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../context.ts'
import { answerJson, type Route } from './route.ts'

const PATIENCE_MS = 2000

/** `/health/live`: the process runs. `/health/ready`: it can serve, which it cannot without the database or while it closes. */
export function healthRoutes(runtime: Runtime, isClosing: () => boolean): readonly Route[] {
  return [
    {
      path: '/health/live',
      answer: async (request, response) => {
        answerJson(request, response, 200, { status: 'live' })
        return true
      },
    },
    {
      path: '/health/ready',
      answer: async (request, response) => {
        const ready = !isClosing() && (await reachesDatabase(runtime))
        answerJson(request, response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' })
        return true
      },
    },
  ]
}

async function reachesDatabase(runtime: Runtime): Promise<boolean> {
  const answered = runtime.orm.em
    .fork()
    .execute('select 1')
    .then(
      () => true,
      (error: unknown) => {
        runtime.log.warn({ err: error }, 'database not reached')
        return false
      },
    )
  return Promise.race([answered, sleep(PATIENCE_MS, false, { ref: false })])
}
