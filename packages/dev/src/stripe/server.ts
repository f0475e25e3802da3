import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ZodError } from 'zod'
import { createApi } from './api.ts'
import { ApiError } from './api-error.ts'
import { bankPage, leaveBank } from './bank.ts'
import { createClock } from './clock.ts'
import { type Controlled, obey, report } from './control.ts'
import { type Exchange, exchange, type Outcome } from './exchange.ts'
import { createFaults } from './faults.ts'
import { parseForm } from './form.ts'
import { createKeys } from './idempotency.ts'
import { createIntents } from './intents.ts'
import { createLedger } from './ledger.ts'
import { createRandom } from './random.ts'
import { createRefunds } from './refunds.ts'
import { createWebhooks, type WebhookEndpoint } from './webhooks.ts'

export interface StripeServerOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number
  /** The key a shop has to show. */
  readonly secretKey?: string
  /** What repeats the faults and orders of chance. */
  readonly seed?: number
  /** How far the search runs behind; a minute by default, as Stripe's does. */
  readonly searchLagSeconds?: number
  /** A file of JSON lines that the ledger is written to as well. */
  readonly ledgerFile?: string
  readonly webhook?: WebhookEndpoint
}

/** A server with the shape of Stripe's card payments, that knows by itself what became of the money. */
export interface StripeServer extends AsyncDisposable, Controlled {
  readonly url: string
  readonly secretKey: string
  close(): Promise<void>
}

const HOST = '127.0.0.1'

export async function startStripeServer(options: StripeServerOptions = {}): Promise<StripeServer> {
  const { port = 0, secretKey = 'sk_test_barrow', seed = 1, searchLagSeconds = 60 } = options
  const clock = createClock()
  const random = createRandom(seed)
  const ledger = createLedger({ now: clock.now, file: options.ledgerFile })
  const webhooks = createWebhooks({ clock, random })
  webhooks.sendTo(options.webhook)
  const faults = createFaults(random)
  const keys = createKeys(clock)
  const exchanges: Exchange[] = []

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const isTheirs = error instanceof ZodError || error instanceof ApiError || error instanceof SyntaxError
      send(response, isTheirs ? 400 : 500, { error: { type: 'api_error', message: String(error) } })
    })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, HOST, resolve)
  })
  // A TCP server that listens has an address of this form.
  const url = `http://${HOST}:${(http.address() as AddressInfo).port}`

  const intents = createIntents({ clock, ledger, emit: webhooks.emit, bankUrl: (id) => `${url}/bank/${id}` })
  const refunds = createRefunds({ clock, intents, emit: webhooks.emit })
  const endpoints = createApi({ clock, intents, refunds, searchLagMs: searchLagSeconds * 1_000 })

  const intentOf = (id: string) => {
    const intent = intents.get(id)
    if (intent === undefined)
      throw new ApiError(404, { type: 'invalid_request_error', message: `No such intent: ${id}` })
    return intent
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', url)
    const body = await read(request)
    if (pathname.startsWith('/_control')) return control(request, response, body)
    if (pathname.startsWith('/bank/')) return bank(request, response, body, pathname.slice('/bank/'.length))
    if (request.headers.authorization !== `Bearer ${secretKey}`) {
      return send(response, 401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided.' } })
    }
    const endpoint = endpoints.find(({ method, path }) => method === request.method && path.test(pathname))
    if (endpoint === undefined) {
      const message = `Unrecognized request URL (${request.method}: ${pathname}).`
      return send(response, 404, { error: { type: 'invalid_request_error', message } })
    }
    const header = request.headers['idempotency-key']
    const key = request.method === 'POST' && typeof header === 'string' ? header : undefined
    const form = parseForm(request.method === 'POST' ? body : search)
    const id = pathname.match(endpoint.path)?.[1] ?? ''
    const outcome = await exchange({ endpoint, path: pathname, id, form, key }, { keys, faults })
    exchanges.push({
      operation: endpoint.operation,
      path: pathname,
      key,
      status: outcome.kind === 'answer' ? outcome.answer.status : null,
      replayed: outcome.kind === 'answer' && 'Idempotent-Replayed' in outcome.headers,
    })
    leave(request, response, outcome)
  }

  async function control(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    if (request.method === 'POST') {
      await obey(server, JSON.parse(body))
      return send(response, 200, {})
    }
    const found = report(server, (request.url ?? '').replace('/_control/', ''))
    send(response, found === undefined ? 404 : 200, found ?? {})
  }

  function bank(request: IncomingMessage, response: ServerResponse, body: string, id: string): void {
    const intent = intentOf(id)
    if (request.method !== 'POST') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(bankPage(intent))
      return
    }
    const outcome = new URLSearchParams(body).get('outcome') === 'authorised' ? 'authorised' : 'declined'
    response.writeHead(303, { Location: leaveBank(intents, intent, outcome) }).end()
  }

  async function close(): Promise<void> {
    await webhooks.close()
    http.closeAllConnections()
    await new Promise<void>((resolve) => http.close(() => resolve()))
  }

  const server: StripeServer = {
    url,
    secretKey,
    ledger,
    faults,
    clock,
    webhooks,
    exchanges: () => exchanges,
    act: (intentId, outcome) => intents.act(intentOf(intentId), outcome),
    settleRefunds: refunds.settle,
    close,
    [Symbol.asyncDispose]: close,
  }
  return server
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function leave(request: IncomingMessage, response: ServerResponse, outcome: Outcome): void {
  if (outcome.kind === 'answer') {
    const { answer, headers } = outcome
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...headers }).end(answer.body)
  } else if (outcome.kind === 'drop') request.socket.destroy()
  else request.socket.resetAndDestroy()
}
