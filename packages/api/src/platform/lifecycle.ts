import { constants } from 'node:os'
import type { Logger } from 'pino'
import { onceToldToStop } from './processes.ts'

/** Why a process ends: somebody told it to, or something happened that nobody thought of. */
export type End = 'told' | 'failed'

/** A stop that takes longer is broken off. */
const HARD_STOP_MS = 30_000
/** After something unforeseen nothing is certain: what is under way has this long. */
const LAST_WORDS_MS = 5_000

/**
 * From now on the process ends in order. Answers when it is to: at the first SIGTERM or SIGINT, or at an error that nobody
 * caught, which is logged and ends it with status 1. A second signal ends it at once.
 */
export function awaitEnd(log: Logger): Promise<End> {
  return new Promise((end) => {
    let signalled = false
    let told = false
    const begin = (by: object) => {
      if (told) return
      told = true
      log.info(by, 'stopping')
      giveUpAfter(log, HARD_STOP_MS)
      end('told')
    }
    const stop = (signal: 'SIGTERM' | 'SIGINT') => {
      if (signalled) return process.exit(128 + constants.signals[signal])
      signalled = true
      begin({ signal })
    }
    const fail = (what: string) => (error: unknown) => {
      log.fatal({ err: error }, what)
      process.exitCode = 1
      giveUpAfter(log, LAST_WORDS_MS)
      end('failed')
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
    // A signal that all processes get, as of Ctrl-C, comes beside this word, and is no second order.
    onceToldToStop(() => begin({}))
    process.on('uncaughtException', fail('uncaught exception'))
    process.on('unhandledRejection', fail('unhandled rejection'))
  })
}

/** Does not itself keep the process: one that has nothing left to do ends sooner. */
function giveUpAfter(log: Logger, ms: number): void {
  setTimeout(() => {
    log.error({ ms }, 'did not stop in time')
    process.exit(1)
  }, ms).unref()
}
