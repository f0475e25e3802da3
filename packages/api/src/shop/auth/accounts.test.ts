import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createAdmin } from './accounts.ts'
import { contextOf, customer, outcomes, PASSWORD, visitor } from './test-visitor.ts'

const shop = await testShop()

test('the first admin is made by a command, and signs in at once', async () => {
  await createAdmin(contextOf(shop), { email: 'boss@example.com', password: PASSWORD, name: 'The Boss' })
  const { call } = visitor(shop)
  expect(await call.auth.login({ email: 'boss@example.com', password: PASSWORD })).toMatchObject({ role: 'admin' })
  expect((await call.user.list({ role: 'admin', text: 'boss@' })).rows).toMatchObject([{ name: 'The Boss' }])
})

test('no admin is made of an account that exists, of a weak password or of no address', async () => {
  const robin = await customer(shop)
  const admin = (email: string, password: string) => createAdmin(contextOf(shop), { email, password })
  await expect(admin(robin.email, PASSWORD)).rejects.toMatchObject({ reason: 'email_taken' })
  await expect(admin('new@example.com', 'fourteen chars')).rejects.toMatchObject({ reason: 'weak_password' })
  await expect(admin('nonsense', PASSWORD)).rejects.toThrow('must be an e-mail address')
  expect(await robin.call.auth.me()).toMatchObject({ role: 'customer' })
})

test('two who make the same admin at the same moment make one', async () => {
  const calls = [1, 2].map(() => createAdmin(contextOf(shop), { email: 'twin@example.com', password: PASSWORD }))
  expect((await outcomes(calls)).succeeded).toBe(1)
})
