import type { ServerResponse } from 'node:http'
import type { Config } from '../config.ts'

const TICK_MS = 100
/** So many ticks in a row have to be late: one long turn of the event loop is no overload. */
const TICKS = 3

/** Says whether a process has more to do than it can; dispose it with its server. */
export interface Pressure extends Disposable {
  isTooHigh(): boolean
}

/** Watches the requests that are open and how late the event loop is. */
export function watchPressure(open: ReadonlySet<ServerResponse>, { maxInFlight, maxLagMs }: Config['http']): Pressure {
  const late: number[] = Array(TICKS).fill(0)
  let due = performance.now() + TICK_MS
  const timer = setInterval(() => {
    const now = performance.now()
    late.shift()
    late.push(now - due)
    due = now + TICK_MS
  }, TICK_MS).unref()
  return {
    isTooHigh: () => Math.min(...late) > maxLagMs || (open.size > maxInFlight && worked(open) > maxInFlight),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

/**
 * How many requests are being worked on: not those whose body is still coming, however slowly, nor those whose answer is
 * still being read; and a stream may stay for a quarter of an hour.
 */
const worked = (open: ReadonlySet<ServerResponse>): number =>
  [...open].filter((one) => one.req.complete && !one.writableEnded && !isStream(one)).length

export const isStream = (response: ServerResponse): boolean =>
  String(response.getHeader('content-type')).startsWith('text/event-stream')
