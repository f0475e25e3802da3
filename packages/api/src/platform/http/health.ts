import type { Health } from '../observe/health.ts'
import { answerJson, type Route } from './route.ts'

/** The probes, for anybody: a word each, and nothing of what is behind it. */
export function healthRoutes(health: Health): readonly Route[] {
  const probe = (path: string, word: string, ask: () => boolean | Promise<boolean>): Route => ({
    path,
    answer: async (request, response) => {
      const yes = await ask()
      response.setHeader('Cache-Control', 'no-store')
      answerJson(request, response, yes ? 200 : 503, { status: yes ? word : `not ${word}` })
      return true
    },
  })
  return [
    probe('/health/live', 'live', health.isLive),
    probe('/health/ready', 'ready', health.isReady),
    probe('/health/started', 'started', health.hasStarted),
  ]
}
