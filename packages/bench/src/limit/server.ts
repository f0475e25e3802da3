import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Pool } from 'pg'
import * as account from './account.ts'
import * as cart from './cart.ts'
import * as catalog from './catalog.ts'
import { place } from './place.ts'
import { Refused } from './refused.ts'
import { search } from './search.ts'

/** What one request brought. `guest` and `session` are hashes of its tokens. */
export interface Call {
  readonly pool: Pool
  readonly input: Record<string, unknown>
  readonly guest: string | null
  readonly session: string | null
  readonly key: string | null
  setHeader(name: string, value: string): void
}

const calls: Readonly<Record<string, (call: Call) => Promise<string>>> = {
  'product.list': catalog.list,
  'product.get': catalog.get,
  'product.search': search,
  'cart.create': cart.create,
  'cart.addLine': cart.addLine,
  'cart.removeLine': cart.removeLine,
  'cart.setDetails': cart.setDetails,
  'cart.setShippingMethod': cart.setShippingMethod,
  'order.place': place,
  'order.get': account.order,
  'auth.login': account.login,
}

/**
 * The limit: what remains of a shop when everything is left out that its guarantees do not need. `node:http`, prepared
 * statements through `pg`, and the same bytes for the same calls.
 */
export async function serveLimit(pool: Pool, wanted = 0): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => void answer(pool, request, response))
  await new Promise<void>((listening) => server.listen(wanted, '127.0.0.1', listening))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

async function answer(pool: Pool, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = request.url ?? '/'
    if (url === '/health/ready') return send(response, 200, '{}')
    const mark = url.indexOf('?input=')
    const name = url.slice('/trpc/'.length, mark === -1 ? undefined : mark)
    const run = calls[name]
    if (run === undefined) throw new Error(`the limit has no ${name}`)
    const text = mark === -1 ? await bodyOf(request) : decodeURIComponent(url.slice(mark + '?input='.length))
    const json = await run({
      pool,
      input: JSON.parse(text).json,
      guest: account.hashOf(request.headers['barrow-guest']),
      session: account.hashOf(request.headers.authorization?.slice('Bearer '.length)),
      key: single(request.headers['idempotency-key']),
      setHeader: (name, value) => void response.setHeader(name, value),
    })
    send(response, 200, `{"result":{"data":${json}}}`)
  } catch (error) {
    if (!(error instanceof Refused)) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    send(response, error instanceof Refused ? 409 : 500, JSON.stringify({ error: String(error) }))
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

const single = (header: string | string[] | undefined): string | null => (typeof header === 'string' ? header : null)
