import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buyer } from '../test-buyer.ts'
import { goods } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'
import { compareLetters, comparePayments } from './ledgers.ts'

const shop = await testShop()
const folder = await mkdtemp(join(tmpdir(), 'barrow-ledgers-'))
afterAll(() => rm(folder, { recursive: true }))

const stage = {
  sql: <Row extends object>(query: string): Promise<Row[]> => shop.runtime.orm.em.fork().execute(query),
  payments: { ledgerFile: join(folder, 'payments.jsonl'), tell: async () => {} },
  mail: { ledgerFile: join(folder, 'mail.jsonl'), tell: async () => {} },
}
const order = { number: '', total: 0, attempt: '' }
beforeAll(async () => {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const ada = await buyer(
    shop,
    variantIds.map((variantId) => ({ variantId })),
  )
  Object.assign(order, await ada.place())
  const [attempt] = await stage.sql<{ id: string }>(`update payment_attempt set status = 'captured' returning id`)
  await stage.sql(`update "order" set status = 'confirmed'`)
  await stage.sql(`insert into order_moment (id, order_id, what, actor, actor_kind, details)
    select 'moment_x', id, 'confirmed', 'test', 'system', '{}' from "order"`)
  order.attempt = attempt?.id ?? ''
})

const write = (file: string, entries: readonly object[]) =>
  writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
const money = (kind: string, more: object = {}) => ({
  ...{ kind, attempt: order.attempt, order: order.number, amount: order.total, currency: 'eur' },
  ...more,
})
const sentences = (found: readonly { sentence: string }[]) => found.map(({ sentence }) => sentence)

test('money that moved once, as the shop has written it, is right', async () => {
  await write(stage.payments.ledgerFile, [money('authorised'), money('captured')])
  expect(await comparePayments(stage)).toEqual([])
})

test('money that moved otherwise is noticed', async () => {
  const twice = [money('authorised'), money('authorised'), money('captured'), money('captured')]
  await write(stage.payments.ledgerFile, twice)
  expect(sentences(await comparePayments(stage))).toEqual([
    'An order took its money twice, or another sum than its own.',
    'The money that was kept is not the sum of what paid orders cost.',
  ])
  await write(stage.payments.ledgerFile, [money('authorised'), money('captured'), money('authorised')])
  expect(sentences(await comparePayments(stage))).toEqual([
    'A payment is still held that was neither taken nor let go.',
  ])
  await write(stage.payments.ledgerFile, [money('authorised'), money('captured'), money('refunded', { amount: 1 })])
  expect(sentences(await comparePayments(stage))).toContain('A payment went back otherwise than the shop has written.')
  await write(stage.payments.ledgerFile, [
    ...[money('authorised'), money('captured')],
    ...[money('authorised', { attempt: 'attempt_x' }), money('captured', { attempt: 'attempt_x' })],
  ])
  expect(sentences(await comparePayments(stage))).toContain('Money moved for a payment that the shop does not know.')
  await write(stage.payments.ledgerFile, [])
  expect(await comparePayments(stage)).not.toEqual([])
})

const letter = (id: string, number: string, body = 'Thank you.') => ({
  id,
  raw: `From: shop@example.com\r\nSubject: Your order ${number} is confirmed\r\n\r\n${body}`,
})

test('one letter for an order, sent twice with the same bytes at most, is right', async () => {
  await write(stage.mail.ledgerFile, [letter('one', order.number), letter('one', order.number)])
  expect(await compareLetters(stage)).toEqual([])
})

test('a letter that is missing, doubled, altered or about nothing is noticed', async () => {
  const missing = 'A confirmed order has not exactly one letter that says so, or another has one.'
  await write(stage.mail.ledgerFile, [])
  expect(sentences(await compareLetters(stage))).toEqual([missing])
  await write(stage.mail.ledgerFile, [letter('one', order.number), letter('two', order.number)])
  expect(sentences(await compareLetters(stage))).toEqual([missing])
  await write(stage.mail.ledgerFile, [letter('one', order.number), letter('one', order.number, 'Thanks.')])
  expect(sentences(await compareLetters(stage))).toEqual(['One Message-ID was sent with different bytes.'])
  await write(stage.mail.ledgerFile, [letter('one', order.number), letter('two', '234-567-89C')])
  expect(sentences(await compareLetters(stage))).toEqual(['A letter names an order that does not exist.'])
})
