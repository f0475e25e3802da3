import { mutations, sampleOf } from '@barrow/dev/bad-input'
import { callByName } from '@barrow/dev/test-call'
import { testShop } from '@barrow/dev/test-shop'
import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import { procedures } from './access/procedures.ts'

const shop = await testShop()

const inputs = procedures.map(({ path, meta }) => ({ path, input: meta.input }))

/** Calls a procedure with anything at all; answers the reason it was refused for, or undefined. */
async function refusal(path: string, input: unknown): Promise<unknown> {
  try {
    await callByName(shop, { path, actor: { kind: 'system', name: 'bad-input' }, input })
    return undefined
  } catch (error) {
    if (!(error instanceof TRPCError)) return error
    const { cause, code } = error
    return cause !== undefined && 'reason' in cause ? cause.reason : code
  }
}

test.each(inputs)('$path refuses a field it does not know, by name', async ({ path, input }) => {
  const sample = input === undefined ? undefined : sampleOf(input)
  if (typeof sample !== 'object' || sample === null) return expect(sample).toBeUndefined()
  const surprising = { ...sample, surprise: 1 }
  expect(await refusal(path, surprising)).toBe('invalid_input')
})

test.each(inputs)('$path takes whatever comes without breaking', async ({ path, input }) => {
  const values = [...mutations(input === undefined ? undefined : sampleOf(input))]
  const broken: unknown[] = []
  for (const value of values) {
    const reason = await refusal(path, value)
    if (reason === 'INTERNAL_SERVER_ERROR' || reason instanceof Error) broken.push({ value, reason })
  }
  expect(broken).toEqual([])
})
