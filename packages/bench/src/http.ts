import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'

/** A shopper's connection to a target, and what they hold. */
export class Shopper {
  guest = ''
  session = ''
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** The answer's text: most of what is measured need not be read. */
  query(procedure: string, input: unknown): Promise<string> {
    const json = encodeURIComponent(JSON.stringify({ json: input }))
    return this.#send('GET', `/trpc/${procedure}?input=${json}`, null)
  }

  async mutate<T>(procedure: string, input: unknown): Promise<T> {
    const text = await this.#send('POST', `/trpc/${procedure}`, JSON.stringify({ json: input }))
    return JSON.parse(text).result.data.json
  }

  async #send(method: 'GET' | 'POST', path: string, body: string | null): Promise<string> {
    const {
      statusCode,
      headers,
      body: answer,
    } = await this.#pool.request({
      method,
      path,
      body,
      headers: {
        'barrow-session': 'bearer',
        ...(this.guest !== '' && { 'barrow-guest': this.guest }),
        ...(this.session !== '' && { authorization: `Bearer ${this.session}` }),
        ...(body !== null && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
    })
    const text = await answer.text()
    if (statusCode !== 200) throw new Error(`${path.split('?')[0]} answered ${statusCode}: ${text.slice(0, 300)}`)
    const { 'barrow-guest': guest } = headers
    if (typeof guest === 'string') this.guest = guest
    return text
  }
}

/** As many connections as shoppers, kept open. */
export const openPool = (url: string, connections: number): Pool => new Pool(url, { connections, pipelining: 1 })
