import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const base = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/shop',
  SECRET: randomBytes(32).toString('base64url'),
}
const read = (env: Record<string, string>) => readConfig({ ...base, ...env }).mail

test('without a word, letters are kept in a folder', () => {
  expect(read({})).toEqual({
    from: { name: undefined, address: 'shop@example.com' },
    mailboxDir: '.barrow/mailbox',
    smtp: undefined,
  })
})

test('in production somebody has to say whether letters are sent or kept', () => {
  const production = { NODE_ENV: 'production', PAYMENT_PROVIDER: 'test' }
  expect(() => read(production)).toThrow(/SMTP_URL: is needed in production/)
  expect(read({ ...production, MAILBOX_DIR: '/var/mailbox' })).toMatchObject({ mailboxDir: '/var/mailbox' })
  expect(read({ ...production, SMTP_URL: 'smtps://mail.example.com' })).toMatchObject({
    smtp: { host: 'mail.example.com' },
  })
})

test.each([
  ['smtps://mail.example.com', { port: 465, tls: 'start', verified: true }],
  ['smtp://mail.example.com', { port: 587, tls: 'upgrade', verified: true }],
  ['smtp://mail.example.com:2525', { port: 2525, tls: 'upgrade', verified: true }],
  ['smtp://localhost:1025', { port: 1025, tls: 'if offered', verified: false }],
  ['smtp://127.0.0.1:1025', { host: '127.0.0.1', tls: 'if offered', verified: false }],
  ['smtps://[::1]', { host: '::1', tls: 'start', verified: false }],
  ['smtp://127.0.0.1.example.com', { tls: 'upgrade', verified: true }],
  ['smtp://shop%40example.com:p%3Ass%2F@mail.example.com', { auth: { user: 'shop@example.com', pass: 'p:ss/' } }],
])('%s', (SMTP_URL, smtp) => {
  expect(read({ SMTP_URL })).toMatchObject({ smtp })
})

test('a relay in the shop’s own network may do without TLS, and then without a password', () => {
  expect(read({ SMTP_URL: 'smtp://relay:25', SMTP_TLS: 'none' })).toMatchObject({ smtp: { tls: 'none' } })
})

test.each([
  ['SMTP_URL', { SMTP_URL: 'mail.example.com:25' }],
  ['SMTP_URL', { SMTP_URL: 'http://mail.example.com' }],
  ['SMTP_URL', { SMTP_URL: 'smtp://user@mail.example.com' }],
  ['SMTP_URL', { SMTP_URL: 'smtp://user:a%0d%0ab@mail.example.com' }],
  ['SMTP_TLS', { SMTP_URL: 'smtp://user:hunter2@mail.example.com', SMTP_TLS: 'none' }],
  ['MAIL_FROM', { MAIL_FROM: 'The Shop' }],
  ['MAIL_FROM', { MAIL_FROM: 'a@example.com, b@example.com' }],
  ['MAIL_FROM', { MAIL_FROM: 'The Shop <a@example.com>\r\nBcc: b@example.com' }],
])('%s is asked for by name when it does not fit, without its value', (name, env: Record<string, string>) => {
  expect(() => read(env)).toThrow(name)
  expect(() => read(env)).not.toThrow('hunter2')
})

test('a sender may have a name', () => {
  expect(read({ MAIL_FROM: '"Bücher, Ltd." <post@bücher.example>' })).toMatchObject({
    from: { name: 'Bücher, Ltd.', address: 'post@xn--bcher-kva.example' },
  })
})
