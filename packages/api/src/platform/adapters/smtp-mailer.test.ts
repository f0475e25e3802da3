import { readMessage } from '@barrow/dev/smtp/message'
import { type SmtpSinkOptions, startSmtpSink } from '@barrow/dev/smtp-sink'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { mailAddress } from '../mail-address.ts'
import { keepsMailContract } from '../ports/mail.contract.ts'
import type { Message } from '../ports/mail.ts'
import { openMail } from './mail.ts'
import { createSmtpMailer } from './smtp-mailer.ts'

const configFor = (env: Record<string, string>) =>
  readConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgres://localhost/shop', SECRET: 'a'.repeat(32), ...env }).mail
const mailerFor = (SMTP_URL: string, env: Record<string, string> = {}) => openMail(configFor({ SMTP_URL, ...env }))

const sink = await startSmtpSink()
const mailer = await mailerFor(sink.url, { MAIL_FROM: 'The “Shop”, Ltd. <shop@example.com>' })
beforeEach(() => sink.faults.clear())
afterAll(async () => {
  await mailer[Symbol.asyncDispose]()
  await sink.close()
})

/** The sink shows domains as people read them. */
const asSent = (address: string) => mailAddress(address) ?? address

let count = 0
const message = (): Message => {
  count += 1
  return {
    id: `event_${count}.mail@example.com`,
    to: 'secret.person@example.com',
    subject: 'Hello',
    text: 'Hello\n',
    html: '<p>Hello</p>\n',
    date: new Date('2026-03-01T10:20:30Z'),
  }
}
const taken = (id: string) => sink.ledger.entries().filter((entry) => entry.id === id)

describe('like every mailer', () => {
  keepsMailContract({
    mailer,
    received: async () =>
      Promise.all(
        // What comes twice with the same bytes is one message to its reader.
        [...new Map(sink.ledger.entries().map((entry) => [`${entry.id} ${entry.raw}`, entry])).values()].map(
          async (entry) => ({ ...(await readMessage(entry.raw)), to: entry.to.map(asSent), bytes: entry.raw }),
        ),
      ),
  })
})

test('a letter says whom it is from, and that no machine need answer it', async () => {
  const sent = message()
  await mailer.send(sent)
  const [entry] = taken(sent.id)
  expect(entry?.from).toBe('shop@example.com')
  const { headers, from } = await readMessage(entry?.raw ?? '')
  expect(from).toEqual({ name: 'The “Shop”, Ltd.', address: 'shop@example.com' })
  expect(headers['auto-submitted']).toBe('auto-generated')
  expect(Object.keys(headers).sort()).toEqual([
    'auto-submitted',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ])
})

test.each(['connect', 'mail', 'rcpt', 'data'] as const)(
  'a server that cannot take a letter now (%s) is asked again later',
  async (at) => {
    await using sink = await startSmtpSink()
    await using mailer = await mailerFor(sink.url)
    sink.faults.add({ kind: 'refuse', at, code: 451 })
    const sent = message()
    await expect(mailer.send(sent)).rejects.toMatchObject({ kind: 'unavailable', reason: 'mail_unavailable' })
    await mailer.send(sent)
    expect(sink.ledger.entries()).toHaveLength(1)
  },
)

test.each(['mail', 'rcpt', 'data'] as const)(
  'a letter refused for good (%s) is not tried again, and its error holds no address and no word of the server',
  async (at) => {
    sink.faults.add({ kind: 'refuse', at, code: 550 })
    const sent = message()
    const error = await mailer.send(sent).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ kind: 'invalid', reason: 'mail_refused', details: { code: 550 } })
    expect(JSON.stringify([error, String(error), Reflect.get(error ?? {}, 'cause') ?? null])).not.toMatch(
      /secret\.person|on command/,
    )
    expect(taken(sent.id)).toEqual([])
  },
)

test('a shop that may not send at all is no fault of its letters', async () => {
  await using sink = await startSmtpSink({ auth: { user: 'shop@example.com', pass: 'p:ss/w@rd' } })
  await using right = await mailerFor(sink.url)
  await right.send(message())
  expect(sink.ledger.entries()).toHaveLength(1)
  await using wrong = await mailerFor(sink.url.replace('rd@', 'xx@'))
  await expect(wrong.send(message())).rejects.toMatchObject({ reason: 'mail_unavailable', details: { code: 535 } })
  await using nobody = await mailerFor(`smtp://127.0.0.1:${sink.port}`)
  await expect(nobody.send(message())).rejects.toMatchObject({ reason: 'mail_unavailable', details: { code: 530 } })
})

test.each(['mail', 'rcpt', 'data'] as const)('a line that breaks (%s) is trouble of the moment', async (at) => {
  sink.faults.add({ kind: 'drop', at })
  const sent = message()
  await expect(mailer.send(sent)).rejects.toMatchObject({ reason: 'mail_unavailable' })
  expect(taken(sent.id)).toEqual([])
})

test('an answer that is lost: the letter comes again, byte for byte', async () => {
  sink.faults.add({ kind: 'lose_answer' })
  const sent = message()
  await expect(mailer.send(sent)).rejects.toMatchObject({ reason: 'mail_unavailable' })
  expect(taken(sent.id)).toHaveLength(1)
  await mailer.send(sent)
  const [first, second] = taken(sent.id)
  expect(second?.raw).toBe(first?.raw)
  expect([first?.answered, second?.answered]).toEqual([false, true])
})

test('nobody there is trouble of the moment', async () => {
  const { port } = await startSmtpSink().then(async (sink) => {
    await sink.close()
    return sink
  })
  await using mailer = await mailerFor(`smtp://127.0.0.1:${port}`)
  await expect(mailer.send(message())).rejects.toMatchObject({ reason: 'mail_unavailable' })
})

test('a server that says nothing is waited for ten seconds, and the other letters go on', async () => {
  sink.faults.add({ kind: 'slow', delayMs: 60_000 })
  // Which of them meets the silence is a matter of which connection is free first.
  const letters = await Promise.allSettled(Array.from({ length: 21 }, () => mailer.send(message())))
  const failed = letters.filter((letter) => letter.status === 'rejected')
  expect(failed.map(({ reason }) => reason)).toMatchObject([{ reason: 'mail_unavailable' }])
})

describe('in secret', () => {
  const certified = async (tls: SmtpSinkOptions['tls'] = 'start') => startSmtpSink({ tls })

  test.each(['start', 'upgrade'] as const)('on this machine any certificate will do (%s)', async (tls) => {
    await using sink = await certified(tls)
    await using mailer = await mailerFor(sink.url)
    await mailer.send(message())
    expect(sink.ledger.entries()).toHaveLength(1)
  })

  test.each(['start', 'upgrade'] as const)(
    'elsewhere a certificate that nobody trusts is refused (%s)',
    async (tls) => {
      await using sink = await certified(tls)
      const { host, port, auth, from } = {
        host: '127.0.0.1',
        port: sink.port,
        auth: undefined,
        from: configFor({}).from,
      }
      await using mailer = createSmtpMailer({ host, port, auth, from, tls, verified: true })
      await expect(mailer.send(message())).rejects.toMatchObject({ reason: 'mail_unavailable' })
      expect(sink.ledger.entries()).toEqual([])
    },
  )

  test('a server elsewhere that offers no TLS gets no letter', async () => {
    const { from } = configFor({})
    await using mailer = createSmtpMailer({
      ...{ from, host: '127.0.0.1', port: sink.port, auth: undefined },
      tls: 'upgrade',
      verified: true,
    })
    const sent = message()
    await expect(mailer.send(sent)).rejects.toMatchObject({ reason: 'mail_unavailable' })
    expect(taken(sent.id)).toEqual([])
  })
})
