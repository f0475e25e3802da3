import { randomUUID } from 'node:crypto'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { ConfigError, createRuntime, readConfig } from '../../runtime.ts'
import { serve } from '../../serve.ts'
import { ask, read } from './test-request.ts'

const shop = await testShop()
const list = read('/trpc/category.list', {})

/** Asks a shop that trusts these proxies so often, each time with other headers, and says what is left to the last one. */
async function left(trust: string, calls: readonly Record<string, string>[], from = '127.0.0.1'): Promise<string> {
  await using runtime = await createRuntime(readConfig({ ...shop.env, LIMITS_SCALE: '1', TRUST_PROXY: trust }))
  await using server = serve(runtime)
  const at = await server.listen(0, '127.0.0.1')
  const answers = []
  for (const headers of calls) answers.push(await ask(list, { at, from, headers }))
  return String(answers.at(-1)?.headers.ratelimit).match(/"guests-of-address";r=(\d+)/)?.[1] ?? ''
}
const says = (address: string) => ({ 'X-Forwarded-For': address })

test('what a caller says of where they come from counts for nothing', async () => {
  const lies = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((address) => ({
    ...says(address),
    Forwarded: `for=${address}`,
    'X-Real-IP': address,
    'True-Client-IP': address,
  }))
  expect(await left('', lies)).toBe('597')
  expect(await left('0', lies)).toBe('597')
})

test('of a list of addresses the one that the trusted proxy added counts, and none that its sender made up', async () => {
  expect(await left('1', [says('203.0.113.1'), says('203.0.113.2')])).toBe('599')
  expect(await left('1', [says('198.51.100.1, 203.0.113.1'), says('198.51.100.2, 203.0.113.1')])).toBe('598')
  expect(await left('2', [says('203.0.113.1, 10.0.0.1'), says('203.0.113.2, 10.0.0.1')])).toBe('599')
  expect(await left('2', [says('1.1.1.1, 203.0.113.1, 10.0.0.1'), says('2.2.2.2, 203.0.113.1, 10.0.0.1')])).toBe('598')
})

test('a proxy is trusted by its address, and nobody else', async () => {
  const two = [says('203.0.113.1'), says('203.0.113.2')]
  expect(await left('127.0.0.0/8', two)).toBe('599')
  expect(await left('127.0.0.9', two)).toBe('598')
  expect(await left('127.0.0.9', two, '127.0.0.9')).toBe('599')
  const chain = [says('203.0.113.1, 10.1.1.1'), says('203.0.113.2, 10.2.2.2')]
  expect(await left('127.0.0.1, 10.0.0.0/8, fd00::/8', chain)).toBe('599')
  expect(await left('127.0.0.1', chain)).toBe('599')
  expect(await left('127.0.0.1', [says('203.0.113.1, 10.1.1.1'), says('203.0.113.2, 10.1.1.1')])).toBe('598')
})

test('an address is one however it is written, and of IPv6 a whole network is', async () => {
  expect(await left('1', [says('203.0.113.1:4711'), says('::ffff:203.0.113.1'), says(' 203.0.113.1 ')])).toBe('597')
  expect(await left('1', [says('2001:db8:1:2::1'), says('[2001:db8:1:2:3:4:5:6]:443'), says('2001:0DB8:1:2::')])).toBe(
    '597',
  )
  expect(await left('1', [says('2001:db8:1:2::1'), says('2001:db8:1:3::1')])).toBe('599')
  for (const nonsense of ['unknown', '', 'a'.repeat(5_000), '1.2.3.4.5', '::1::', `_${randomUUID()}`])
    expect(await left('1', [says('not an address'), says(nonsense)])).toBe('598')
})

test.each(['-1', '100', 'everybody', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', 'example.com', '10.0.0.1,'])(
  'a shop that is to trust %s does not start',
  (trust) => {
    expect(() => readConfig({ ...shop.env, TRUST_PROXY: trust })).toThrow(ConfigError)
    expect(() => readConfig({ ...shop.env, TRUST_PROXY: trust })).toThrow(/TRUST_PROXY/)
  },
)
