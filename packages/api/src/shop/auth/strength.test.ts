import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { mailTo, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop({ env: { MAIL_FROM: 'Wunderkammer <post@example.com>' } })

test('a password is kept as it was typed, of any script, with the spaces around it', async () => {
  const { call } = visitor(shop)
  const password = '  пароль 🗝️ café  '
  await call.auth.register({ email: 'script@example.com', password })
  await expect(call.auth.login({ email: 'script@example.com', password: password.trim() })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  await call.auth.login({ email: 'script@example.com', password })
})

test.each([
  ['seven characters', 'sevench', 'invalid_input'],
  ['eleven characters', 'elevenchars', 'weak_password'],
  ['129 characters', `${'word '.repeat(25)}four`, 'invalid_input'],
  ['a NUL', 'a password\0 with NUL', 'invalid_input'],
  ['half a character', 'a password \ud800 cut', 'invalid_input'],
  ['the e-mail address', 'weak@Example.com', 'weak_password'],
  ['a common word', 'Password1234', 'weak_password'],
  ['a common word in disguise', 'P4ssw0rd!!!!2024', 'weak_password'],
  ['a word again and again', 'qwertyqwertyqwerty', 'weak_password'],
  ['two common words', 'Welcome-Admin 123', 'weak_password'],
  ['a password that many have', '1Q2W3E4R5T6Y', 'weak_password'],
  ['one that many have, twice', 'trustno1trustno1', 'weak_password'],
  ['one that many have, with signs around it', '!!!!mailcreated5240!!!!', 'weak_password'],
  ['parts of the e-mail address', 'weak-example-2026', 'weak_password'],
  ['the shop’s name', 'Wunderkammer2026', 'weak_password'],
  ['a row of keys', '1234567890123', 'weak_password'],
  ['one character', 'aaaaaaaaaaaaaaa', 'weak_password'],
])('a password of %s is refused', async (_, password, reason) => {
  const { call } = visitor(shop)
  await expect(call.auth.register({ email: 'weak@example.com', password })).rejects.toMatchObject({ cause: { reason } })
  expect(await sql(shop, `select 1 from "user" where email_key = 'weak@example.com'`)).toEqual([])
})

test('128 characters are not too many, and long ones count to the last', async () => {
  const { call } = visitor(shop)
  const password = `${'word '.repeat(25)}end`
  await call.auth.register({ email: 'long@example.com', password })
  await expect(
    call.auth.login({ email: 'long@example.com', password: `${password.slice(0, -1)}t` }),
  ).rejects.toMatchObject({ cause: { reason: 'wrong_credentials' } })
  await call.auth.login({ email: 'long@example.com', password })
})

test('staff need a longer password than customers', async () => {
  await shop.system.user.create({ email: 'short@example.com', role: 'staff' })
  const { token } = await mailTo(shop, 'short@example.com', 'invitation')
  const { call } = visitor(shop)
  await expect(call.auth.resetPassword({ token, newPassword: 'fourteen chars' })).rejects.toMatchObject({
    cause: { reason: 'weak_password', details: { problem: 'too_short', minimum: 15 } },
  })
  await call.auth.resetPassword({ token, newPassword: 'fifteen charact' })
})

test('a customer who rose to the staff signs in once their password is as long as that needs', async () => {
  const { call } = visitor(shop)
  const email = 'rising@example.com'
  const short = 'twelve chars'
  await call.auth.register({ email, password: short })
  const { id } = await call.auth.login({ email, password: short })
  await shop.system.user.update({ id, role: 'staff' })
  await expect(call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(call.auth.login({ email, password: short })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    cause: { reason: 'password_outgrown', details: { minimum: 15 } },
  })
  await expect(call.auth.login({ email, password: 'not the password' })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  const { token } = await mailTo(shop, email, 'reset_password')
  await expect(call.auth.resetPassword({ token, newPassword: 'fourteen chars' })).rejects.toMatchObject({
    cause: { reason: 'weak_password', details: { problem: 'too_short', minimum: 15 } },
  })
  await call.auth.resetPassword({ token, newPassword: 'fifteen charact' })
  expect(await call.auth.login({ email, password: 'fifteen charact' })).toMatchObject({ role: 'staff' })
})

test('a password is the same however its accents are typed', async () => {
  const { call } = visitor(shop)
  const password = 'a café in the rain'
  await call.auth.register({ email: 'accents@example.com', password: password.normalize('NFC') })
  await call.auth.login({ email: 'accents@example.com', password: password.normalize('NFD') })
})

test('a password that leaked elsewhere is refused, where the shop asks for that', async () => {
  const { breaches } = shop.runtime
  const leaky = { ...shop, runtime: { ...shop.runtime, breaches: { holds: async (one: string) => one !== PASSWORD } } }
  const register = (of: typeof shop, password: string) =>
    visitor(of).call.auth.register({ email: 'leaks@example.com', password })
  await expect(register(leaky, 'some other passphrase')).rejects.toMatchObject({
    cause: { reason: 'weak_password', details: { problem: 'leaked' } },
  })
  await register(leaky, PASSWORD)
  expect(await breaches.holds('some other passphrase')).toBe(false)
})
