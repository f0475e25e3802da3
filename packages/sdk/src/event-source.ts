import { NoAnswer, readRefusal } from './answer.ts'
import { eventsIn } from './events-in.ts'
import type { Send } from './session.ts'

const MAX_DELAY_MS = 30_000

const asRefusal = (error: unknown): object =>
  error instanceof NoAnswer
    ? { error: { code: 0, message: error.message, data: { kind: 'unavailable', reason: 'network', details: {} } } }
    : { message: String(error) }

type EventSourceOver = EventTarget &
  Readonly<Record<'CONNECTING' | 'OPEN' | 'CLOSED' | 'readyState', number>> & { close(): void }

/**
 * An `EventSource` (HTML standard, server-sent events) over the client's own requests: unlike the browser's it can send a
 * session in a header, works in Node, and passes on why a stream was refused.
 */
export function eventSourceOver(send: Send): new (url: string) => EventSourceOver {
  return class extends EventTarget {
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSED = 2
    readyState: 0 | 1 | 2 = 0
    readonly #closed = new AbortController()
    #lastEventId = ''

    constructor(url: string) {
      super()
      void this.#run(url)
    }

    close(): void {
      this.readyState = this.CLOSED
      this.#closed.abort()
    }

    /** Stays connected until it is closed or refused; waits longer after each failure, with jitter. */
    async #run(url: string): Promise<void> {
      for (let failures = 0; this.readyState !== this.CLOSED; failures++) {
        const refusal = await this.#connect(url, () => {
          failures = 0
        }).catch(asRefusal)
        if (this.#closed.signal.aborted) return
        this.readyState = refusal === undefined ? this.CONNECTING : this.CLOSED
        // tRPC's client makes its error from this event: from `error` if it has one, else from `message`.
        this.dispatchEvent(Object.assign(new Event('error'), refusal))
        if (refusal === undefined) await this.#wait(Math.random() * Math.min(MAX_DELAY_MS, 1000 * 2 ** failures))
      }
    }

    /** One connection, from start to end; answers why if the shop does not want another. */
    async #connect(url: string, opened: () => void): Promise<{ error: unknown } | undefined> {
      const headers = {
        Accept: 'text/event-stream',
        ...(this.#lastEventId !== '' && { 'Last-Event-ID': this.#lastEventId }),
      }
      try {
        const response = await send(url, { method: 'GET', headers, cache: 'no-store', signal: this.#closed.signal })
        if (!response.ok || response.body === null) {
          const error = await readRefusal(response)
          return error.data.kind === 'unavailable' ? undefined : { error }
        }
        opened()
        this.readyState = this.OPEN
        this.dispatchEvent(new Event('open'))
        for await (const { type, data, id } of eventsIn(response.body)) {
          this.#lastEventId = id
          this.dispatchEvent(new MessageEvent(type, { data, lastEventId: id }))
        }
      } catch (error) {
        // A line that broke is no end: the next connection goes on after the last event.
        if (!(error instanceof NoAnswer) || error.final) throw error
      }
      return undefined
    }

    #wait(ms: number): Promise<void> {
      return new Promise((done) => {
        const timer = setTimeout(done, ms)
        this.#closed.signal.addEventListener('abort', () => {
          clearTimeout(timer)
          done()
        })
      })
    }
  }
}
