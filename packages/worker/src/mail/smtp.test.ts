import { readMessage } from '@barrow/dev/smtp/message'
import { startSmtpSink } from '@barrow/dev/smtp-sink'
import { visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { consumers } from '../consumers/index.ts'
import { startWorker } from '../worker.ts'

const sink = await startSmtpSink()
const shop = await testShop({ env: { SMTP_URL: sink.url, MAIL_FROM: 'The Shop <shop@example.com>' } })
const worker = await startWorker(shop.runtime, consumers)
afterEach(() => sink.faults.clear())
afterAll(async () => {
  await worker.stop()
  await sink.close()
})

const soon = { timeout: 150_000, interval: 20 }
const register = (email: string) =>
  shop.as(visitor()).auth.register({ email, password: 'a long and uncommon passphrase' })
const to = (email: string) => sink.ledger.entries().filter((entry) => entry.to.includes(email))
const inbox = (): Promise<{ status: string; attempts: number; error: string | null }[]> =>
  shop.runtime.orm.em
    .fork()
    .execute(`select status, attempts, error from inbox_entry where consumer = 'mail' order by event_id desc limit 1`)

test('who registers gets a letter from the shop', async () => {
  await register('ada@example.com')
  await vi.waitFor(() => expect(to('ada@example.com')).toHaveLength(1), soon)
  const letter = await readMessage(to('ada@example.com')[0]?.raw ?? '')
  expect(letter.from).toEqual({ name: 'The Shop', address: 'shop@example.com' })
  expect(letter.id).toMatch(/^event_\w{26}\.mail@example\.com$/)
  expect(letter.text).toContain('/verify-email?token=')
  expect(letter.html).toContain('/verify-email?token=')
})

test('a server whose answer is lost gets the same letter again, byte for byte, and then no more', async () => {
  sink.faults.add({ kind: 'lose_answer' })
  await register('ben@example.com')
  await vi.waitFor(async () => expect(await inbox()).toMatchObject([{ status: 'done', attempts: 2 }]), soon)
  const letters = to('ben@example.com')
  expect(letters).toHaveLength(2)
  expect(new Set(letters.map(({ id }) => id)).size).toBe(1)
  expect(new Set(letters.map(({ raw }) => raw)).size).toBe(1)
})

test('a server that is busy is asked again until it takes the letter', async () => {
  sink.faults.add({ kind: 'refuse', at: 'rcpt', code: 451, times: 2 })
  await register('eve@example.com')
  await vi.waitFor(async () => expect(await inbox()).toMatchObject([{ status: 'done', attempts: 3 }]), soon)
  expect(to('eve@example.com')).toHaveLength(1)
})

test('a letter refused for good is set aside at once, and nobody’s address is in its error', async () => {
  sink.faults.add({ kind: 'refuse', at: 'rcpt', code: 550 })
  await register('nobody@example.com')
  await vi.waitFor(async () => expect(await inbox()).toMatchObject([{ status: 'dead', attempts: 1 }]), soon)
  expect((await inbox())[0]?.error).toBe(
    'mail_refused: The mail server refuses the message for good. {"step":"RCPT TO","code":550}',
  )
  expect(to('nobody@example.com')).toEqual([])
})
