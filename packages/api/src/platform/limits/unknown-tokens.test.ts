import { randomBytes } from 'node:crypto'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { statementsOf } from '@barrow/dev/test-statements'
import { expect, test } from 'vitest'
import { ask, read } from '../http/test-request.ts'

const shop = await testShop({ env: { LIMITS_SCALE: '1' } })
const { port: at } = await served(shop)

const POINTS = 30
const made = (kind: 'bs' | 'bk') => `${kind}_${randomBytes(32).toString('base64url')}`
const list = read('/trpc/category.list', {})
const come = async (from: string, token: string) =>
  (await ask(list, { at, from, headers: { Authorization: `Bearer ${token}` } })).status
const looks = async (work: () => Promise<unknown>) =>
  (await statementsOf(work)).filter((text) => /from ("session"|session|"api_key"|api_key)/i.test(text)).length

test('who makes up sessions and keys is refused after some, and costs the database nothing from then on', async () => {
  const from = '127.0.2.1'
  const before = await looks(async () => {
    for (let n = 0; n < POINTS; n++) expect(await come(from, made(n % 2 === 0 ? 'bs' : 'bk'))).toBe(200)
  })
  expect(before).toBe(POINTS)
  const answers: number[] = []
  const after = await statementsOf(async () => {
    for (let n = 0; n < 10; n++) answers.push(await come(from, made('bs')))
  })
  expect(answers).toEqual(Array(10).fill(429))
  expect(after).toEqual([])
  expect(await come('127.0.2.2', made('bs'))).toBe(200)
})

test('a token that opens nothing is looked up once in a while, however often it comes', async () => {
  const token = made('bs')
  const answers: number[] = []
  const times = await looks(async () => {
    for (let n = 0; n < 20; n++) answers.push(await come('127.0.2.3', token))
  })
  expect(answers).toEqual(Array(20).fill(200))
  expect(times).toBeLessThan(20)
})

test('a stranger who makes up tokens keeps nobody behind the same address out', async () => {
  const from = '127.0.2.4'
  const { token, id } = await shop.system.apiKey.create({ name: 'till', permissions: ['catalog:read'] })
  for (let n = 0; n < POINTS * 2; n++) expect(await come(from, token)).toBe(200)
  for (let n = 0; n < POINTS; n++) await come(from, made('bs'))
  expect(await come(from, made('bs'))).toBe(429)
  expect(await come(from, token)).toBe(200)
  // Known or not, it is asked for at every call.
  await shop.system.apiKey.revoke({ id })
  const answer = await ask(read('/trpc/product.listAll', {}), {
    at,
    from,
    headers: { Authorization: `Bearer ${token}` },
  })
  expect(answer.status).toBe(401)
})
