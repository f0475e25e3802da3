import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { runProgram } from '../test-programs/program.ts'
import type { Command } from './control.ts'
import { parseForm } from './form.ts'
import { createRandom, shuffled } from './random.ts'
import { type StripeServer, startStripeServer } from './server.ts'

const charge = {
  amount: '2000',
  currency: 'eur',
  capture_method: 'manual',
  confirm: 'true',
  payment_method: 'pm_card_visa',
  return_url: 'https://shop.example.com/return',
  'metadata[attempt]': 'attempt_1',
  'metadata[order]': 'A-1',
}

const Body = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  error: z.object({ type: z.string(), code: z.string().optional() }).optional(),
  data: z.array(z.unknown()).optional(),
})

type Address = Pick<StripeServer, 'url' | 'secretKey'>

async function post(server: Address, path: string, form: Record<string, string>, key?: string) {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { Authorization: `Bearer ${server.secretKey}`, ...(key !== undefined && { 'Idempotency-Key': key }) },
  })
  return { status: response.status, body: Body.parse(await response.json()), headers: response.headers }
}

async function get(server: Address, path: string) {
  const headers = { Authorization: `Bearer ${server.secretKey}` }
  const response = await fetch(`${server.url}/v1/${path}`, { headers })
  return { status: response.status, body: Body.parse(await response.json()), headers: response.headers }
}

test('a form nests, and its fields may have any name', () => {
  const form = parseForm('amount=5&metadata[order]=A-1&created[gte]=7&expand[0]=charge&__proto__[x]=1')
  expect(JSON.parse(JSON.stringify(form))).toMatchObject({
    amount: '5',
    metadata: { order: 'A-1' },
    created: { gte: '7' },
    expand: { 0: 'charge' },
  })
  expect('x' in {}).toBe(false)
})

test('a seed repeats an order of chance', () => {
  const list = [...Array(20).keys()]
  expect(shuffled(list, createRandom(7))).toEqual(shuffled(list, createRandom(7)))
  expect(shuffled(list, createRandom(7))).not.toEqual(shuffled(list, createRandom(8)))
})

test('the same key gets the same answer for a day, and then acts anew', async () => {
  await using server = await startStripeServer()
  const first = await post(server, 'payment_intents', charge, 'key-1')
  const second = await post(server, 'payment_intents', charge, 'key-1')
  expect(second.body).toEqual(first.body)
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'))
  expect(server.ledger.totals()).toMatchObject({ eur: { authorised: 2000 } })

  server.clock.advance(24 * 3_600_000)
  expect((await post(server, 'payment_intents', charge, 'key-1')).body.id).not.toBe(first.body.id)
  expect(server.ledger.totals()).toMatchObject({ eur: { authorised: 4000 } })
})

test('the same key with other parameters, or at another address, is refused', async () => {
  await using server = await startStripeServer()
  const { body } = await post(server, 'payment_intents', charge, 'key-1')
  for (const [path, form] of [
    ['payment_intents', { ...charge, amount: '2001' }],
    [`payment_intents/${body.id}/capture`, {}],
  ] as const) {
    expect(await post(server, path, form, 'key-1')).toMatchObject({
      status: 400,
      body: { error: { type: 'idempotency_error' } },
    })
  }
})

test('the same key while the first is at work is a conflict', async () => {
  await using server = await startStripeServer()
  server.faults.add({ operation: 'create', kind: 'slow', when: 'after', delayMs: 200 })
  const both = await Promise.all([1, 2].map(() => post(server, 'payment_intents', charge, 'key-1')))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(both.find(({ status }) => status === 409)?.body.error?.code).toBe('idempotency_key_in_use')
})

test('a wrong parameter leaves the key free; a declined card and a failure do not', async () => {
  await using server = await startStripeServer()
  expect(await post(server, 'payment_intents', { ...charge, amount: 'ten' }, 'key-1')).toMatchObject({ status: 400 })
  expect(await post(server, 'payment_intents', charge, 'key-1')).toMatchObject({ status: 200 })

  const declined = { ...charge, payment_method: 'pm_card_chargeDeclined' }
  expect(await post(server, 'payment_intents', declined, 'key-2')).toMatchObject({ status: 402 })
  expect(await post(server, 'payment_intents', charge, 'key-2')).toMatchObject({ status: 400 })

  server.faults.add({ operation: 'create', kind: 'error', kept: true })
  expect(await post(server, 'payment_intents', charge, 'key-3')).toMatchObject({ status: 500 })
  const again = await post(server, 'payment_intents', charge, 'key-3')
  expect(again).toMatchObject({ status: 500, body: { error: { type: 'api_error' } } })
  expect(again.headers.get('idempotent-replayed')).toBe('true')
})

test('the list knows a payment at once, the search a minute later', async () => {
  await using server = await startStripeServer()
  await post(server, 'payment_intents', charge)
  const search = `payment_intents/search?query=${encodeURIComponent("metadata['attempt']:'attempt_1'")}`
  expect((await get(server, 'payment_intents?limit=1')).body.data).toHaveLength(1)
  expect((await get(server, search)).body.data).toHaveLength(0)
  server.clock.advance(61_000)
  expect((await get(server, search)).body.data).toHaveLength(1)
})

test('a part is charged and the rest let go', async () => {
  await using server = await startStripeServer()
  const { body } = await post(server, 'payment_intents', charge)
  await post(server, `payment_intents/${body.id}/capture`, { amount_to_capture: '1500' })
  expect(server.ledger.totals()).toEqual({ eur: { authorised: 2000, captured: 1500, voided: 500, refunded: 0 } })
})

test('an intent is confirmed apart from its making, once', async () => {
  await using server = await startStripeServer()
  const { confirm: _, payment_method, return_url, ...rest } = charge
  const { body } = await post(server, 'payment_intents', rest)
  expect(body.status).toBe('requires_payment_method')
  const confirm = () => post(server, `payment_intents/${body.id}/confirm`, { payment_method, return_url })
  expect((await confirm()).body.status).toBe('requires_capture')
  expect((await confirm()).body.error?.code).toBe('payment_intent_unexpected_state')
  expect(server.ledger.totals()).toMatchObject({ eur: { authorised: 2000 } })
})

test('who has no key, or asks for what is not there, gets nothing', async () => {
  await using server = await startStripeServer()
  expect(await get({ ...server, secretKey: 'sk_test_other' }, 'payment_intents')).toMatchObject({ status: 401 })
  expect(await get(server, 'payment_intents/pi_unknown')).toMatchObject({ status: 404 })
  expect(await get(server, 'customers')).toMatchObject({ status: 404 })
})

test('a fault of chance strikes as the seed says', async () => {
  const answers = async (seed: number) => {
    await using server = await startStripeServer({ seed })
    server.faults.add({ kind: 'error', status: 503, chance: 0.5, times: 1_000 })
    const statuses: number[] = []
    for (let call = 0; call < 20; call += 1) statuses.push((await get(server, 'payment_intents')).status)
    return statuses
  }
  const first = await answers(3)
  expect(new Set(first)).toEqual(new Set([200, 503]))
  expect(await answers(3)).toEqual(first)
})

test('as a process of its own it is told what to do, and its ledger outlives a kill', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'barrow-stripe-'))
  const file = join(folder, 'ledger.jsonl')
  const program = runProgram('../stripe/main.ts', ['--ledger', file, '--key', 'sk_test_own'])
  try {
    const server: Address = JSON.parse(await program.first)
    const tell = (command: Command) =>
      fetch(`${server.url}/_control`, { method: 'POST', body: JSON.stringify(command) })
    await tell({ do: 'add_fault', fault: { operation: 'create', kind: 'drop', when: 'after' } })
    await expect(post(server, 'payment_intents', charge, 'key-1')).rejects.toThrow()
    expect((await tell({ do: 'advance_clock', seconds: -1 })).status).toBe(400)
    const ledger = await (await fetch(`${server.url}/_control/ledger`)).json()
    expect(ledger).toMatchObject({ totals: { eur: { authorised: 2000 } } })

    program.child.kill('SIGKILL')
    await program.exited
    const entries = (await readFile(file, 'utf8')).trim().split('\n')
    expect(entries.map((line) => JSON.parse(line))).toMatchObject([
      { sequence: 1, kind: 'authorised', attempt: 'attempt_1', order: 'A-1', amount: 2000, currency: 'eur' },
    ])
  } finally {
    program.child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
})

test('as a process of its own it ends when it is asked to', async () => {
  const program = runProgram('../stripe/main.ts', [])
  await program.first
  program.child.kill('SIGTERM')
  expect(await program.exited).toBe('0')
})
