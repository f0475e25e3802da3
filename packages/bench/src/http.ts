import { randomUUID } from 'node:crypto'
import { type Answer, Connection } from './connection.ts'

/** A shopper on a connection of their own to a target, and what they hold. */
export class Shopper {
  guest = ''
  session = ''
  readonly #connection: Connection

  constructor(url: string) {
    this.#connection = new Connection(url)
  }

  /** The answer as it came: most of what is measured need not be read. */
  query(procedure: string, input: unknown): Promise<Buffer> {
    const json = encodeURIComponent(JSON.stringify({ json: input }))
    return this.#send('GET', `/trpc/${procedure}?input=${json}`, '')
  }

  /** The answer as it came. */
  change(procedure: string, input: unknown): Promise<Buffer> {
    return this.#send('POST', `/trpc/${procedure}`, JSON.stringify({ json: input }))
  }

  async mutate<T>(procedure: string, input: unknown): Promise<T> {
    return read(await this.change(procedure, input))
  }

  leave(): void {
    this.#connection.close()
  }

  async #send(method: 'GET' | 'POST', path: string, body: string): Promise<Buffer> {
    const guest = this.guest === '' ? '' : `Barrow-Guest: ${this.guest}\r\n`
    const session = this.session === '' ? '' : `Authorization: Bearer ${this.session}\r\n`
    const key = body === '' ? '' : `Content-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\n`
    const answer = await this.#connection.send(method, path, `Barrow-Session: bearer\r\n${guest}${session}${key}`, body)
    if (answer.status !== 200) throw new Error(`${path.split('?')[0]} answered ${describe(answer)}`)
    if (method === 'POST') this.guest = /\r\nbarrow-guest: *(bg_[^\r]+)/i.exec(answer.head)?.[1] ?? this.guest
    return answer.body
  }
}

/** What an answer holds. */
export const read = <T>(answer: Buffer): T => JSON.parse(answer.toString()).result.data.json

const describe = ({ status, body }: Answer) => `${status}: ${body.subarray(0, 300)}`
