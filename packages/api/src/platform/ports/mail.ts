import { z } from 'zod'
import { invalid, unavailable } from '../errors.ts'
import { mailAddress } from '../mail-address.ts'

/** One message, ready to send. Both parts are always there. */
export interface Message {
  /** One per event: a repeated delivery is the same message (RFC 5322 Message-ID, without the angle brackets). */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** When what it tells of happened; a repeat bears the same. */
  readonly date: Date
}

/**
 * Sends messages, from the shop's own address. The same message sent twice is the same bytes. Raises
 * {@link mailUnavailable} when it may be tried again, {@link mailRefused} and {@link notMailable} when that is no use.
 */
export interface Mailer extends AsyncDisposable {
  send(message: Message): Promise<void>
}

/** Where it failed, and with which answer of the mail server (RFC 5321, 4.2); none of its words, which quote addresses. */
const Answer = z.object({ step: z.string(), code: z.int().nullable() })

export const mailUnavailable = unavailable('mail_unavailable', 'The mail server has not taken the message.', Answer)
export const mailRefused = invalid('mail_refused', 'The mail server refuses the message for good.', Answer)
export const notMailable = invalid(
  'not_mailable',
  'The message cannot be sent.',
  z.object({ field: z.enum(['id', 'to']) }),
)

const MESSAGE_ID = /^[\w.+-]{1,150}@[\w.-]{1,100}$/

/** A message that holds one address, and a subject and an id of one line: no part of it can become a header of its own. */
export function mailable(message: Message): Message {
  const to = mailAddress(message.to)
  if (to === undefined) throw notMailable({ field: 'to' })
  if (!MESSAGE_ID.test(message.id)) throw notMailable({ field: 'id' })
  return { ...message, to, subject: message.subject.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim() }
}
