import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { common } from '../errors.ts'
import { newRequestId } from '../ids.ts'
import { rpcError } from './refuse.ts'
import type { AnsweringServer } from './security-headers.ts'

/** What the parser of requests says, and the code that is for. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Answers what never becomes a request: what cannot be parsed, is too large in its head, comes too slowly, or asks for a
 * tunnel. `hasAnswer` says whether an answer is on its way on a connection already: then there is nothing more to say.
 */
export function answerTheRest(
  server: AnsweringServer,
  headers: Readonly<Record<string, string>>,
  hasAnswer: (socket: Duplex) => boolean,
): void {
  const say = (socket: Duplex, status: number, more: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify(rpcError(common.badRequest(), newRequestId(), status))
    const all = {
      ...headers,
      ...more,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      Connection: 'close',
    }
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`, () => socket.destroy())
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || hasAnswer(socket)) socket.destroy()
    else say(socket, statuses[error.code ?? ''] ?? 400)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    say(socket, 405, { Allow: 'GET, POST' })
  })
}
