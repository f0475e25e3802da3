import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { createFaults, type Faults, type Step } from './smtp/faults.ts'
import { createLedger, type Ledger } from './smtp/ledger.ts'
import { createRandom } from './stripe/random.ts'

export interface SmtpSinkOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number
  /** Who may send; anybody when left out. */
  readonly auth?: { readonly user: string; readonly pass: string }
  /** `start`: TLS from the first byte, `upgrade`: STARTTLS is offered; with a certificate that nobody trusts. */
  readonly tls?: 'none' | 'start' | 'upgrade'
  /** What repeats the faults of chance. */
  readonly seed?: number
  /** A file of JSON lines that the ledger is written to as well. */
  readonly ledgerFile?: string
}

/** A mail server that takes every message, delivers none, and knows by itself what it took. */
export interface SmtpSink extends AsyncDisposable {
  /** For `SMTP_URL`. */
  readonly url: string
  readonly port: number
  readonly ledger: Ledger
  readonly faults: Faults
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** An answer that says no. */
class Refusal extends Error {
  readonly responseCode: number

  constructor(code: number) {
    super('refused on command')
    this.responseCode = code
  }
}

/** Starts a sink on 127.0.0.1. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const { port = 0, auth, tls = 'none', seed = 1, ledgerFile } = options
  const ledger = createLedger(ledgerFile)
  const faults = createFaults(createRandom(seed))
  const ending = new AbortController()

  /** What goes wrong at a step: it waits, throws a {@link Refusal}, or answers which way the connection ends. */
  async function suffer(step: Step): Promise<'goes on' | 'drop' | 'lose_answer'> {
    let end: 'goes on' | 'drop' | 'lose_answer' = 'goes on'
    for (const fault of faults.strike(step)) {
      if (fault.kind === 'slow') await sleep(fault.delayMs, undefined, { signal: ending.signal }).catch(() => {})
      else if (fault.kind === 'refuse') throw new Refusal(fault.code)
      else end = fault.kind
    }
    return end
  }
  // The socket on top: Node crashes when the one below TLS is destroyed under it.
  const hangUp = ({ id }: SMTPServerSession) => {
    for (const connection of server.connections) if (connection.session.id === id) connection._socket.destroy()
  }
  const at = (step: Step, session: SMTPServerSession, done: (error?: Error) => void) => {
    suffer(step).then((end) => (end === 'goes on' ? done() : hangUp(session)), done)
  }

  const handlers: SMTPServerOptions = {
    onConnect: (session, done) => at('connect', session, done),
    onMailFrom: (_address, session, done) => at('mail', session, done),
    onRcptTo: (_address, session, done) => at('rcpt', session, done),
    onAuth: ({ username, password }, _session, done) =>
      username === auth?.user && password === auth?.pass ? done(null, { user: username }) : done(new Refusal(535)),
    onData: (stream, session, done) => {
      const take = async (): Promise<void> => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk)
        const end = await suffer('data')
        if (end === 'drop') {
          hangUp(session)
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        ledger.record({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
          answered: end === 'goes on',
        })
        if (end === 'goes on') done()
        else hangUp(session)
      }
      take().catch(done)
    },
  }
  const server = new SMTPServer({
    ...handlers,
    secure: tls === 'start',
    disabledCommands: [...(tls === 'none' ? ['STARTTLS'] : []), ...(auth === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    authOptional: auth === undefined,
    disableReverseLookup: true,
    logger: false,
  })
  // Whoever hangs up in the middle is a test's doing.
  server.on('error', () => {})
  await new Promise<void>((listening, failed) => {
    server.server.once('error', failed)
    server.listen(port, HOST, () => listening())
  })
  // A TCP server that listens has an address of this form.
  const taken = (server.server.address() as AddressInfo).port
  const credentials = auth === undefined ? '' : `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.pass)}@`
  const close = async () => {
    ending.abort()
    for (const { _socket: socket } of server.connections) socket.destroy()
    await new Promise<void>((closed) => server.close(() => closed()))
  }
  return {
    url: `${tls === 'start' ? 'smtps' : 'smtp'}://${credentials}${HOST}:${taken}`,
    port: taken,
    ledger,
    faults,
    close,
    [Symbol.asyncDispose]: close,
  }
}
