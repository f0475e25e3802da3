/** One message, ready to send. Both parts are always there. */
export interface Message {
  /** One per event: a repeated delivery is the same message (RFC 5322 Message-ID, without the angle brackets). */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Sends messages. `send` may be called twice with the same id and same bytes. */
export interface Mailer {
  send(message: Message): Promise<void>
}
