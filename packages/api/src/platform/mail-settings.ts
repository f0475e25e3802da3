import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './addresses.ts'
import { mailAddress } from './mail-address.ts'

/** How letters leave the shop. */
export const mailSettings = {
  /** Who letters are from: `shop@example.com`, or `The Shop <shop@example.com>`. */
  MAIL_FROM: z
    .string()
    .max(320)
    .transform((text, issues) => {
      const sender = readSender(text)
      if (sender !== undefined) return sender
      issues.addIssue({ code: 'custom', message: 'must be an address, or a name and an address in <>' })
      return z.NEVER
    })
    .prefault('shop@example.com'),
  /**
   * The server that takes letters: `smtps://user:password@host` speaks TLS from the start (port 465), `smtp://…` turns to
   * it (port 587). Its certificate is verified, unless it is on this machine. Without it letters are kept in MAILBOX_DIR.
   */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** `none`: `smtp://` without TLS and without a password, for a relay in the shop's own network. */
  SMTP_TLS: z.enum(['required', 'none']).default('required'),
  /** The folder that letters are kept in instead of being sent: the development mailbox. */
  MAILBOX_DIR: z.string().min(1).max(4096).optional(),
}

type Settings = z.output<z.ZodObject<typeof mailSettings>>

/** Whose name a letter bears. */
export interface Sender {
  readonly name: string | undefined
  readonly address: string
}

/** A server that takes letters. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  /** `start`: from the first byte. `upgrade`: by STARTTLS, or nothing is sent. `if offered`: for this machine alone. */
  readonly tls: 'start' | 'upgrade' | 'if offered' | 'none'
  /** Whether its certificate must be good. */
  readonly verified: boolean
  readonly auth: { readonly user: string; readonly pass: string } | undefined
}

export interface MailConfig {
  readonly from: Sender
  /** Letters are sent there; kept in `mailboxDir` when undefined. */
  readonly smtp: SmtpConfig | undefined
  readonly mailboxDir: string
}

/** Settings that only make sense together. */
export function readMail(settings: Settings & { readonly NODE_ENV: string }, issues: z.RefinementCtx): MailConfig {
  const { MAIL_FROM: from, SMTP_URL, MAILBOX_DIR } = settings
  const wrong = (name: keyof Settings, message: string) => {
    issues.addIssue({ code: 'custom', path: [name], message })
    return z.NEVER
  }
  const mailboxDir = MAILBOX_DIR ?? '.barrow/mailbox'
  if (SMTP_URL === undefined) {
    // Letters that nobody sends must be somebody's decision: buyers wait for them.
    if (settings.NODE_ENV === 'production' && MAILBOX_DIR === undefined)
      return wrong('SMTP_URL', 'is needed in production; set MAILBOX_DIR to keep letters in a folder and send none')
    return { from, mailboxDir, smtp: undefined }
  }
  const url = new URL(SMTP_URL)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') return wrong('SMTP_URL', 'must name a host')
  const user = decoded(url.username)
  const pass = decoded(url.password)
  if (user === undefined || pass === undefined) return wrong('SMTP_URL', 'must hold user and password percent-encoded')
  if ((user === '') !== (pass === '')) return wrong('SMTP_URL', 'must hold both a user and a password, or neither')
  const auth = user === '' ? undefined : { user, pass }
  const local = host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))
  const tls =
    url.protocol === 'smtps:' ? 'start' : settings.SMTP_TLS === 'none' ? 'none' : local ? 'if offered' : 'upgrade'
  if (tls === 'none' && auth !== undefined && !local) return wrong('SMTP_TLS', 'none would send the password as it is')
  const port = url.port === '' ? (tls === 'start' ? 465 : 587) : Number(url.port)
  return { from, mailboxDir, smtp: { host, port, tls, verified: !local, auth } }
}

function readSender(text: string): Sender | undefined {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]+)>$/.exec(text.trim()) ?? []
  const address = mailAddress(bracketed ?? text.trim())
  const shown = name.trim().replace(/^"(.*)"$/, '$1')
  if (address === undefined || /\p{Cc}|[\u2028\u2029]/u.test(shown)) return undefined
  return { name: shown === '' ? undefined : shown, address }
}

function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part)
    return /\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
