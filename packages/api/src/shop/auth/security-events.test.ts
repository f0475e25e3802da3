import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { createAdmin } from './accounts.ts'
import { challengeFor, contextOf, customer, enrol, mailTo, PASSWORD, visitor } from './test-visitor.ts'

interface Told {
  securityEvent: string
  subject?: string
  reason?: string
  principal?: string
  procedure?: string
}
const lines: string[] = []
const shop = await testShop({ log: pino({ level: 'warn' }, { write: (line) => lines.push(line) }) })
beforeEach(() => {
  lines.length = 0
})

const told = () =>
  lines.map((line): Told => JSON.parse(line)).filter(({ securityEvent }) => securityEvent !== undefined)
const names = () => told().map(({ securityEvent, reason }) => (reason ? `${securityEvent}: ${reason}` : securityEvent))

test('whoever signs in, or fails to, is told of, with the account where it is known', async () => {
  const robin = await customer(shop)
  await expect(visitor(shop).call.auth.login({ email: robin.email, password: 'not the password' })).rejects.toThrow()
  expect(told()).toMatchObject([
    { securityEvent: 'login_succeeded', subject: robin.id, procedure: 'auth.login' },
    { securityEvent: 'login_failed', procedure: 'auth.login' },
  ])
})

test('new passwords, new roles, new admins and second factors are told of', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token } = await mailTo(shop, robin.email, 'reset_password')
  await robin.call.auth.resetPassword({ token, newPassword: PASSWORD })
  await robin.call.auth.login({ email: robin.email, password: PASSWORD })
  await robin.call.auth.changePassword({ currentPassword: PASSWORD, newPassword: 'quite another secret' })
  await shop.system.user.update({ id: robin.id, role: 'staff' })
  await shop.system.user.update({ id: robin.id, name: 'Robin' })
  const { id } = await createAdmin(contextOf(shop), { email: 'boss@example.com', password: PASSWORD })
  const boss = visitor(shop)
  await boss.call.auth.login({ email: 'boss@example.com', password: PASSWORD })
  await enrol(boss)
  const { call, challenge } = await challengeFor(shop, 'boss@example.com')
  await expect(call.auth.verifyTotp({ challenge, code: '000000' })).rejects.toThrow()
  await shop.system.user.resetTotp({ id })
  expect(names()).toEqual([
    'login_succeeded',
    'password_reset_requested',
    'password_changed: by link',
    'login_succeeded',
    'password_changed',
    'role_changed: staff',
    'admin_bootstrapped',
    'login_succeeded',
    'second_factor_changed: enrolled',
    'second_factor_failed',
    'second_factor_changed: reset',
  ])
})

test('whoever tries what they may not is told of', async () => {
  const robin = await customer(shop)
  await expect(robin.call.user.list({})).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(told().at(-1)).toMatchObject({ securityEvent: 'access_denied', principal: robin.id, procedure: 'user.list' })
})

test('no line about a security event holds an address, a password or a token', async () => {
  const robin = await customer(shop)
  const { secret } = await enrol(robin)
  await challengeFor(shop, robin.email)
  const text = lines.join('')
  expect(text).toContain(robin.id)
  for (const word of ['@example.com', PASSWORD, secret, codeOf(secret), 'bs_', 'bc_']) expect(text).not.toContain(word)
})
