import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Mailer, Message } from './mail.ts'

/** A message as whoever gets it reads it. */
export interface Received {
  readonly id: string
  /** Everybody it went to. */
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly date: Date
  /** All of it, as it came. */
  readonly bytes: string
}

export interface MailerUnderTest {
  readonly mailer: Mailer
  /** Everything that came, in any order. */
  received(): Promise<readonly Received[]>
}

const message = (given: Partial<Message> = {}): Message => ({
  id: `event_${randomUUID()}.mail@example.com`,
  to: 'ada@example.com',
  subject: 'Your order A-1 is confirmed',
  text: 'Hello Ada,\n\nthank you.\n',
  html: '<p>Hello Ada,</p>\n<p>thank you.</p>\n',
  date: new Date('2026-03-01T10:20:30Z'),
  ...given,
})
const EVIL = '"><script>alert(1)</script>\r\nBcc: everybody@example.com\r\n\r\n<b>'

/** The promises of the port: every adapter keeps all of them. */
export function keepsMailContract({ mailer, received }: MailerUnderTest): void {
  const all = async (id: string) => (await received()).filter((mail) => mail.id === id)
  const arrives = async (sent: Message): Promise<Received> => {
    await mailer.send(sent)
    const [mail, ...more] = await all(sent.id)
    expect(more).toEqual([])
    if (mail === undefined) throw new Error('the message has not arrived')
    return mail
  }

  test('a message arrives whole, as text and as HTML, with the date of what it tells', async () => {
    const sent = message({
      subject: 'Größe: 42 – 靴 ✓, and a subject that is longer than a line of a mail may be, so that it is folded once',
      text: `Dear “Zoë”,\n\n.\n..\nFrom here on\n=3D=\n${'x'.repeat(3_000)}\n👩‍👩‍👧 €1\n`,
      html: `<p title="a&quot;b">Zoë &lt;script&gt; €1 👩‍👩‍👧 ${'y'.repeat(3_000)}</p>\n`,
    })
    const { subject, text, html, date, to } = await arrives(sent)
    expect({ subject, date, to }).toEqual({ subject: sent.subject, date: sent.date, to: ['ada@example.com'] })
    // Line ends at the end of a part are the format's own.
    expect([text.trimEnd() === sent.text.trimEnd(), html.trimEnd() === sent.html.trimEnd()]).toEqual([true, true])
  })

  test('the same message sent again is the same bytes', async () => {
    const sent = message()
    await mailer.send(sent)
    await new Promise((later) => setTimeout(later, 1_100))
    await Promise.all([mailer.send(sent), mailer.send({ ...sent })])
    expect(new Set((await all(sent.id)).map(({ bytes }) => bytes)).size).toBe(1)
  })

  test('whatever people are called, a subject is one header and nobody else gets the message', async () => {
    const { subject, to, text } = await arrives(message({ subject: `Hello ${EVIL}\u2028\u0085\0x`, text: EVIL }))
    expect(subject).toBe('Hello "><script>alert(1)</script> Bcc: everybody@example.com <b> x')
    expect(to).toEqual(['ada@example.com'])
    expect(text.replaceAll('\r\n', '\n').trim()).toBe(EVIL.replaceAll('\r\n', '\n').trim())
  })

  test.each([
    'ada@example.com, eve@example.com',
    'ada@example.com;eve@example.com',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\nRCPT TO:<eve@example.com>',
    '"ada\\"@example.com>, <eve"@example.com',
    'friends:ada@example.com,eve@example.com;',
    'ada@[127.0.0.1]',
    'ada@example.com\0',
    'ada\u202e@example.com',
    'ada@@example.com',
    'ada@',
    '@example.com',
    'ada',
    '',
  ])('%j is not one address, and nothing is sent', async (to) => {
    const sent = message({ to })
    await expect(mailer.send(sent)).rejects.toMatchObject({ kind: 'invalid', reason: 'not_mailable' })
    expect(await all(sent.id)).toEqual([])
  })

  test('a domain of any script is written as name servers know it', async () => {
    expect((await arrives(message({ to: 'ada@bücher.example' }))).to).toEqual(['ada@xn--bcher-kva.example'])
    expect((await arrives(message({ to: "o'neil+shop@Example.COM" }))).to).toEqual(["o'neil+shop@example.com"])
  })

  test.each(['event_1>\r\nBcc: eve@example.com', 'event 1@example.com', ''])('%j is no id', async (id) => {
    await expect(mailer.send(message({ id }))).rejects.toMatchObject({ reason: 'not_mailable' })
  })
}
