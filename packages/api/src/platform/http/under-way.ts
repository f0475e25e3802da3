import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Metrics } from '../observe/metrics.ts'
import type { Series } from '../observe/series.ts'

/** The answers that a server is giving. */
export interface UnderWay {
  readonly open: ReadonlySet<ServerResponse>
  /** Counts a request, until its connection is done with the answer. */
  begin(request: IncomingMessage, response: ServerResponse): void
  /** Whether an answer is on its way on a connection, or has cut the request short that came there last. */
  hasAnswer(socket: Duplex): boolean
}

/** Follows requests from their heads to the ends of their answers; `ended` is called after each. */
export function followRequests(metrics: Metrics, ended: () => void): UnderWay {
  const open = new Set<ServerResponse>()
  /** Connections whose last request was answered before all of it had come. */
  const cutShort = new WeakSet<Duplex>()
  const answered = new Map<number, Series>()

  // One for all answers: most are given in less time than it takes to set up listeners of their own.
  function end(this: ServerResponse): void {
    const { socket, complete } = this.req
    // By now a request may have lost its connection, whatever its type says.
    if (this.writableFinished && !complete && socket) cutShort.add(socket)
    metrics.requestsOpen.dec()
    count(this.statusCode).add()
    open.delete(this)
    ended()
  }

  function count(status: number): Series {
    const found = answered.get(status) ?? metrics.requests.series({ status })
    answered.set(status, found)
    return found
  }

  return {
    open,
    begin(request, response) {
      open.add(response)
      cutShort.delete(request.socket)
      metrics.requestsOpen.inc()
      response.on('close', end)
    },
    hasAnswer: (socket) => cutShort.has(socket) || [...open].some((one) => one.socket === socket && one.headersSent),
  }
}
