import { spawnSync } from 'node:child_process'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { withoutValues } from './observe/statements.ts'
import { describeError, withoutPersons } from './observe/withhold.ts'

const shop = await testShop()
const program = `import { createLog } from '${new URL('./logging.ts', import.meta.url)}'
const log = createLog({ logLevel: process.env.LEVEL }, 'test')
const secrets = JSON.parse(process.env.GIVEN)
log.info(secrets, 'top')
log.info({ inside: secrets, deeper: { still: secrets } }, 'inside')
log.info({ req: secrets, res: secrets, body: secrets, input: secrets, headers: secrets }, 'passing through')
log.warn({ line: 'a\\r\\n{"level":60,"msg":"forged"}' }, 'b\\r\\n{"level":60,"msg":"forged"}\\u2028')`

function lines(given: object): Record<string, unknown>[] {
  const env = { ...process.env, LEVEL: 'info', GIVEN: JSON.stringify(given) }
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], { env })
  return stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('a line holds no secret, whatever was handed to it, and cannot be forged', () => {
  const names = ['password', 'newPassword', 'token', 'guestToken', 'secret', 'authorization', 'cookie', 'set-cookie']
  const secrets = Object.fromEntries([...names, 'card', 'dsn', 'email'].map((name) => [name, 'MARK']))
  const said = lines({ ...secrets, orderId: 'order_1' })
  expect(JSON.stringify(said)).not.toContain('MARK')
  expect(said).toHaveLength(4)
  expect(said[0]).toMatchObject({ msg: 'top', orderId: 'order_1', password: '…' })
  expect(said[2]).toEqual({ ...said[2], msg: 'passing through', level: 30 })
  expect(Object.keys(said[2] ?? {}).sort()).toEqual(['hostname', 'level', 'msg', 'name', 'pid', 'time'])
  expect(said[3]?.level).toBe(40)
  expect(String(said[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('of an error of the database neither the statement nor the row is written down', async () => {
  const em = shop.runtime.orm.em.fork()
  const errors: unknown[] = []
  for (const [sql, params] of [
    [`insert into schedule_run (name, began_at) values (?, now()), (?, now())`, ['MARK', 'MARK']],
    ['select ?::int', ['MARK']],
    ['select * from MARK where name = ?', ['MARK']],
  ] as const) {
    await em.execute(sql, params).catch((error: unknown) => errors.push(error))
  }
  expect(errors).toHaveLength(3)
  for (const error of errors) {
    const said = JSON.stringify(describeError(new Error('call failed', { cause: error })))
    expect(said).not.toContain('MARK')
    expect(said).toMatch(/"code":"(23505|22P02|42P01)"/)
    expect(said).toContain('logging.test.ts')
  }
})

test('what is said of a failure names nobody and opens nothing', () => {
  const said = withoutPersons(
    `550 <ada@example.com> unknown at postgres://shop:hunter2@db.example.com/shop with bs_${'a'.repeat(43)} and whsec_abcdefgh`,
  )
  expect(said).toBe('550 <…@…> unknown at postgres://…@… with bs_… and whsec_…')
})

test('a statement in a trace has no values', () => {
  expect(withoutValues(`select 'o''neil', 12, -3.5, $1, a1 from "t2" where x = 'MARK'`)).toBe(
    'select ?, ?, ?, $1, a1 from "t2" where x = ?',
  )
  for (const text of [`select E'it\\'s MARK'`, `select $$MARK$$`, `select 1 -- MARK`, `select 'MARK`])
    expect(withoutValues(text)).toBeUndefined()
})
