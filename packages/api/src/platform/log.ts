import type { Bindings, Logger } from 'pino'

/** What is written with. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * A log of lines that all say something more, made when the first of them is written: most calls write none, and to make one
 * costs as much as reading a product's row.
 */
export function saying(log: Logger, more: Bindings): Log {
  let made: Logger | undefined
  const own = (): Logger => {
    made ??= log.child(more)
    return made
  }
  const level =
    (name: keyof Log) =>
    (...given: Parameters<Log[typeof name]>) =>
      own()[name](...given)
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
}

/** The same log for lines that hold nothing which could have to be taken out: names and ids that the code itself gives. */
export const callLog = (log: Logger): Log => log.child({}, { redact: [] })
