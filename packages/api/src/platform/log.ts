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

/** For lines that hold nothing which could have to be taken out: names, ids and numbers that the code itself gives. */
export interface CallLog {
  info(line: Readonly<Record<string, string | number>>, message: string): void
}

/** The same log, in which nothing is looked for. */
export const callLog = (log: Logger): CallLog => log.child({}, { redact: [] })
