import PostalMime from 'postal-mime'

/** A message as a mail program reads it. */
export interface ReadMessage {
  readonly id: string
  readonly from: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly date: Date
  /** By their names in lower case, as they were written. */
  readonly headers: Readonly<Record<string, string>>
}

/** Reads a message of the sink's ledger with a library that is not the sender's. */
export async function readMessage(raw: string): Promise<ReadMessage> {
  const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'))
  return {
    id: mail.messageId?.replace(/^<(.*)>$/, '$1') ?? '',
    from: { name: mail.from?.name ?? '', address: mail.from?.address ?? '' },
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    date: new Date(mail.date ?? Number.NaN),
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
  }
}
