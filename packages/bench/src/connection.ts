import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  /** The status line and the headers, as they came. */
  readonly head: string
  readonly body: Buffer
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * A kept connection that carries one request at a time, and does no more with an answer than find its end: what drives
 * shares its cores with what is driven, so it has to be cheaper than the cheapest server.
 */
export class Connection {
  readonly #url: URL
  #socket: Socket | undefined
  #waiting: Waiting | undefined
  #come: Buffer = Buffer.alloc(0)

  constructor(url: string) {
    this.#url = new URL(url)
  }

  /** `headers` are lines that end in CR LF. */
  send(method: 'GET' | 'POST', path: string, headers: string, body = ''): Promise<Answer> {
    const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket ??= this.#open()
      this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${headers}${length}\r\n${body}`)
    })
  }

  #open(): Socket {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true })
    const lose = (error: Error) => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#come = Buffer.alloc(0)
      this.#waiting?.reject(error)
    }
    socket.on('data', (data) => this.#take(data))
    socket.on('error', lose)
    socket.on('close', () => lose(new Error(`${this.#url.host} hung up`)))
    return socket
  }

  close(): void {
    this.#waiting = undefined
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #take(data: Buffer): void {
    this.#come = this.#come.length === 0 ? data : Buffer.concat([this.#come, data])
    const end = this.#come.indexOf(HEAD_END)
    if (end === -1) return
    const head = this.#come.toString('latin1', 0, end + 2)
    const body = bodyOf(head, this.#come.subarray(end + HEAD_END.length))
    if (body === undefined) return
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#come = Buffer.alloc(0)
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }
}

/** Undefined until all of it has come. */
function bodyOf(head: string, rest: Buffer): Buffer | undefined {
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1]
  if (length !== undefined) return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length))
  if (!/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) return rest
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at)
    if (line === -1) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, line), 16)
    if (rest.length < line + 2 + size + 2) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}
