import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { mailTo, sql, visitor } from './test-visitor.ts'

const shop = await testShop()

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
  ['eleven characters', 'elevenchars', 'invalid_input'],
  ['129 characters', `${'word '.repeat(25)}four`, 'invalid_input'],
  ['a NUL', 'a password\0 with NUL', 'invalid_input'],
  ['half a character', 'a password \ud800 cut', 'invalid_input'],
  ['the e-mail address', 'weak@Example.com', 'weak_password'],
  ['a common word', 'Password1234', 'weak_password'],
  ['a common word in disguise', 'P4ssw0rd!!!!2024', 'weak_password'],
  ['a word again and again', 'qwertyqwertyqwerty', 'weak_password'],
  ['two common words', 'Welcome-Admin 123', 'weak_password'],
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
