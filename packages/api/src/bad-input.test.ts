import { mutations, sampleOf } from '@barrow/dev/bad-input'
import { testShop } from '@barrow/dev/test-shop'
import { callTRPCProcedure, TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import type { Meta } from './platform/trpc.ts'
import { appRouter, createContext } from './runtime.ts'

const shop = await testShop()

// At run time tRPC keeps the procedures in one flat record by path; its types show them nested, for callers.
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<
    string,
    { _def: { type: 'query' | 'mutation' | 'subscription'; meta: Meta } }
  >,
).map(([path, { _def }]) => ({ path, type: _def.type, input: _def.meta.input }))

/** Calls a procedure with anything at all; answers the reason it was refused for, or undefined. */
async function refusal(path: string, type: 'query' | 'mutation' | 'subscription', input: unknown): Promise<unknown> {
  const ctx = createContext(shop.runtime, {
    actor: { kind: 'system', name: 'bad-input' },
    requestId: 'bad-input',
    credentials: { setSession: () => {}, setGuest: () => {} },
  })
  const abort = new AbortController()
  try {
    await callTRPCProcedure({
      router: appRouter,
      path,
      type,
      ctx,
      getRawInput: async () => input,
      signal: abort.signal,
      batchIndex: 0,
    })
    return undefined
  } catch (error) {
    if (!(error instanceof TRPCError)) return error
    const { cause, code } = error
    return cause !== undefined && 'reason' in cause ? cause.reason : code
  } finally {
    abort.abort()
  }
}

test.each(procedures)('$path refuses a field it does not know, by name', async ({ path, type, input }) => {
  const sample = input === undefined ? undefined : sampleOf(input)
  if (typeof sample !== 'object' || sample === null) return expect(sample).toBeUndefined()
  const surprising = { ...sample, surprise: 1 }
  expect(await refusal(path, type, surprising)).toBe('invalid_input')
})

test.each(procedures)('$path takes whatever comes without breaking', async ({ path, type, input }) => {
  const inputs = [...mutations(input === undefined ? undefined : sampleOf(input))]
  const broken: unknown[] = []
  for (const value of inputs) {
    const reason = await refusal(path, type, value)
    if (reason === 'INTERNAL_SERVER_ERROR' || reason instanceof Error) broken.push({ value, reason })
  }
  expect(broken).toEqual([])
})
