import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

const secrets = ['password', 'token', 'secret', 'authorization', 'cookie']

/** JSON lines on standard output, UTC, with what must not be written down removed. */
export function createLog(config: Pick<Config, 'logLevel'>, name: string): Logger {
  return pino({
    name,
    level: config.logLevel,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: secrets.flatMap((name) => [name, `*.${name}`]),
  })
}
