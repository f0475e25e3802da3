import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import type { Config } from './config.ts'
import { describeError, redactedPaths } from './observe/withhold.ts'

/** What passes through here by mistake is not what lines are about. */
const dropped = () => undefined

/**
 * Lines are written together, a moment later: writing each by itself costs a call a tenth of all that it costs. A process
 * that ends, however it fails, writes what it has; one that is killed takes the lines of its last moment along. No write is
 * larger than what several processes may put into one pipe without tearing each other's lines (PIPE_BUF, 4,096 bytes).
 */
const gathered = { dest: 1, sync: false, minLength: 3_000, maxWrite: 4_096, periodicFlush: 100 }

/**
 * JSON lines, in UTC, on standard output unless `to` takes them. What must not be written down is taken out: secrets by
 * their names, bodies, inputs and requests whole, of errors what a database says of a row. At `debug` errors are written as they are.
 */
export function createLog(config: Pick<Config, 'logLevel'>, name: string, to?: DestinationStream): Logger {
  const err = config.logLevel === 'debug' ? pino.stdSerializers.err : (error: unknown) => describeError(error)
  const options: LoggerOptions = {
    name,
    level: config.logLevel,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redactedPaths, censor: '…' },
    serializers: { err, error: err, req: dropped, res: dropped, body: dropped, input: dropped, headers: dropped },
  }
  return pino(options, to ?? pino.destination(gathered))
}
