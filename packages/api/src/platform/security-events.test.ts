import { Writable } from 'node:stream'
import { testShop } from '@barrow/dev/test-shop'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createAdmin } from '../shop/auth/index.ts'
import { createWorkContext } from './context.ts'
import { securityEventAtCommit } from './security-events.ts'
import { inTransaction } from './transaction.ts'

const lines: Record<string, unknown>[] = []
const sink = new Writable({
  write(chunk, _encoding, done) {
    lines.push(JSON.parse(String(chunk)))
    done()
  },
})
const shop = await testShop({ log: pino({ level: 'warn' }, sink) })
const counted = async (event: string) => {
  const { values } = await shop.runtime.metrics.securityEvents.get()
  return values.find(({ labels }) => labels.event === event)?.value ?? 0
}
const told = (event: string) => lines.filter((line) => line.securityEvent === event)
const email = 'mark@example.com'
const password = 'a long enough pass phrase 17'
const ctx = () => createWorkContext(shop.runtime, 'test', 'test', 'test')

test('who makes an admin, who signs in or fails to, and who asks for a new password is told once, with an id and no address', async () => {
  const admin = await createAdmin(ctx(), { email, password, name: 'Mark' })
  const guest = shop.guest()
  await expect(guest.auth.login({ email, password: `${password}!` })).rejects.toThrow()
  await guest.auth.login({ email, password })
  await guest.auth.requestPasswordReset({ email })
  for (const event of ['admin_bootstrapped', 'login_failed', 'login_succeeded', 'password_reset_requested']) {
    expect([event, await counted(event), told(event).length]).toEqual([event, 1, 1])
  }
  expect(told('admin_bootstrapped')[0]).toMatchObject({ subject: admin.id, actor: 'system' })
  expect(told('login_succeeded')[0]).toMatchObject({ subject: admin.id, procedure: 'auth.login', ip: null })
  expect(JSON.stringify(lines)).not.toMatch(/mark@example|pass phrase/i)
})

test('who was given a role is told, and by whom', async () => {
  const member = await shop.system.user.create({ email: 'member@example.com', role: 'staff', permissions: [] })
  await shop.system.user.update({ id: member.id, permissions: ['catalog:read'] })
  expect(told('role_changed')).toMatchObject([{ subject: member.id, principal: 'system:test' }])
  expect(await counted('role_changed')).toBe(1)
})

test('who is refused what they may not do is told, and who is merely not signed in is not', async () => {
  await expect(shop.staff('catalog:read').user.list({})).rejects.toMatchObject({ cause: { reason: 'forbidden' } })
  await expect(shop.guest().user.list({})).rejects.toMatchObject({ cause: { reason: 'unauthenticated' } })
  expect(told('access_denied')).toMatchObject([{ procedure: 'user.list', actor: 'staff' }])
  expect(await counted('access_denied')).toBe(1)
})

test('of what a transaction took back nothing is told', async () => {
  const before = await counted('password_changed')
  const work = inTransaction(ctx(), async (inside) => {
    securityEventAtCommit(inside, 'password_changed')
    throw new Error('taken back')
  })
  await expect(work).rejects.toThrow('taken back')
  expect(await counted('password_changed')).toBe(before)
})
