import type { ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import type { Config } from '../config.ts'
import { addressKey } from '../limits/enforce.ts'

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
  let lag = 0
  const timer = setInterval(() => {
    const now = performance.now()
    late.shift()
    late.push(now - due)
    due = now + TICK_MS
    lag = Math.min(...late)
  }, TICK_MS).unref()
  return {
    isTooHigh: () => lag > maxLagMs || (open.size > maxInFlight && worked(open) > maxInFlight),
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

/**
 * Leaves one address a quarter of all connections, so that a single one cannot take the places of everybody. Where a proxy
 * stands before the API all come from its address, and it is the proxy's to see to this.
 */
export function limitPerAddress(server: Server, { maxConnections, trustProxy }: Config['http']): void {
  if ('networks' in trustProxy || trustProxy.hops > 0) return
  const most = Math.ceil(maxConnections / 4)
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = addressKey(socket.remoteAddress ?? '')
    const count = (open.get(address) ?? 0) + 1
    if (count > most) return socket.destroy()
    open.set(address, count)
    return socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
  })
}
