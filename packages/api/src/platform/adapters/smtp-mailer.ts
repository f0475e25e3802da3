import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { Sender, SmtpConfig } from '../mail-settings.ts'
import { type Mailer, type Message, mailable, mailRefused, mailUnavailable } from '../ports/mail.ts'

export interface SmtpMailerOptions extends SmtpConfig {
  readonly from: Sender
}

const CONNECT_MS = 5_000
const SILENCE_MS = 10_000
/** For one message in all, however a server drags it out: less than a worker's lease. */
const PATIENCE_MS = 20_000

/** Sends mail through an SMTP server, over a few connections that are kept. */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
  const { from, host, port, tls, verified, auth } = options
  const transport = createTransport({
    pool: true,
    ...{ host, port, auth },
    secure: tls === 'start',
    requireTLS: tls === 'upgrade',
    ignoreTLS: tls === 'none',
    tls: { rejectUnauthorized: verified, minVersion: 'TLSv1.2' },
    maxConnections: 4,
    // Whether a message that may have arrived is sent again is the inbox's decision, not the pool's.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    idleTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const dispose = async () => transport.close()
  return {
    async send(message) {
      const sent = mailable(message)
      try {
        await transport.sendMail({ ...letterOf(sent, from), signal: AbortSignal.timeout(PATIENCE_MS) })
      } catch (error) {
        throw faultOf(error)
      }
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** All that is written into a message: nothing of it comes from the clock or from chance. */
const letterOf = ({ id, to, subject, text, html, date }: Message, from: Sender) => ({
  from: { name: from.name ?? '', address: from.address },
  to: { name: '', address: to },
  envelope: { from: from.address, to: [to] },
  messageId: `<${id}>`,
  ...{ subject, text, html, date },
  baseBoundary: createHash('sha256').update(id).digest('hex').slice(0, 32),
  // Programs that answer mail do not answer this one (RFC 3834).
  headers: { 'Auto-Submitted': 'auto-generated' },
})

/** What the message itself is refused for. Elsewhere it is the shop that is refused, which somebody may set right. */
const ABOUT_THE_MESSAGE = new Set(['MAIL FROM', 'RCPT TO', 'DATA'])
/** The shop has to sign in first, or better (RFC 4954). */
const ABOUT_THE_SHOP = new Set([530, 534, 535, 538])

function faultOf(error: unknown): Error {
  if (!(error instanceof Error)) return mailUnavailable({ step: 'unknown', code: null })
  const { command, responseCode, permanent, code } = readError(error)
  const answer = { step: command ?? code ?? 'unknown', code: responseCode ?? null }
  const isFinal = permanent === true && ABOUT_THE_MESSAGE.has(command ?? '') && !ABOUT_THE_SHOP.has(responseCode ?? 0)
  // Nodemailer's own judgement, before anything was said to the server.
  const isUnfit = responseCode === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE')
  return isFinal || isUnfit ? mailRefused(answer) : mailUnavailable(answer)
}

function readError(error: object) {
  const read = <T extends string | number | boolean>(name: string, type: string): T | undefined => {
    const value: unknown = Reflect.get(error, name)
    // The type of the value is compared with the name of T that each call below gives.
    return typeof value === type ? (value as T) : undefined
  }
  return {
    code: read<string>('code', 'string'),
    command: read<string>('command', 'string'),
    responseCode: read<number>('responseCode', 'number'),
    permanent: read<boolean>('permanent', 'boolean'),
  }
}
