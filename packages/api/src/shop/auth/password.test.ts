import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { customer, eventLog, mailTo, outcomes, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop()
const NEXT = 'quite another secret'
const wrong = { cause: { reason: 'wrong_credentials' } }
const invalidLink = { cause: { reason: 'link_invalid' } }

test('a new password replaces the old one, ends the other sessions and is told by mail', async () => {
  const robin = await customer(shop)
  const phone = visitor(shop)
  await phone.call.auth.login({ email: robin.email, password: PASSWORD })
  const published = eventLog(shop)
  await published()
  await expect(
    robin.call.auth.changePassword({ currentPassword: 'not the password', newPassword: NEXT }),
  ).rejects.toMatchObject({ cause: { reason: 'wrong_password' } })
  await robin.call.auth.changePassword({ currentPassword: PASSWORD, newPassword: NEXT })
  expect((await published()).map(({ name, payload }) => [name, payload])).toEqual([
    ['auth.password_changed', { userId: robin.id }],
  ])
  expect(await robin.call.auth.me()).toMatchObject({ id: robin.id })
  await expect(phone.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(phone.call.auth.login({ email: robin.email, password: PASSWORD })).rejects.toMatchObject(wrong)
  await phone.call.auth.login({ email: robin.email, password: NEXT })
})

test('a link sets a new password, once, ends every session and proves the address', async () => {
  const robin = await customer(shop)
  await visitor(shop).call.auth.requestPasswordReset({ email: robin.email.toUpperCase() })
  const { token, to } = await mailTo(shop, robin.email, 'reset_password')
  expect(to).toBe(robin.email)
  const anybody = visitor(shop)
  await anybody.call.auth.resetPassword({ token, newPassword: NEXT })
  await expect(robin.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(anybody.call.auth.resetPassword({ token, newPassword: PASSWORD })).rejects.toMatchObject(invalidLink)
  expect(await anybody.call.auth.login({ email: robin.email, password: NEXT })).toMatchObject({ emailVerified: true })
})

test('a link that is followed twenty times at the same moment works once', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token } = await mailTo(shop, robin.email, 'reset_password')
  const calls = Array.from({ length: 20 }, (_, index) =>
    visitor(shop).call.auth.resetPassword({ token, newPassword: `secret number ${index} of twenty` }),
  )
  expect(await outcomes(calls)).toEqual({ succeeded: 1, reasons: ['link_invalid'] })
})

test('a link to a look-alike spelling goes to the address on record, not to the one typed', async () => {
  const robin = await customer(shop)
  await visitor(shop).call.auth.requestPasswordReset({ email: robin.email.replace('p', 'ｐ') })
  expect((await mailTo(shop, robin.email, 'reset_password')).to).toBe(robin.email)
})

test('a link lives 60 minutes by the clock of the database', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token, expiresAt } = await mailTo(shop, robin.email, 'reset_password')
  const [row] = await sql<{ minutes: number }>(
    shop,
    'select round(extract(epoch from ?::timestamptz - created_at) / 60)::int as minutes from link where user_id = ? and used_at is null and expires_at = ?',
    [expiresAt, robin.id, expiresAt],
  )
  expect(row?.minutes).toBe(60)
  await sql(shop, `update link set expires_at = now() where user_id = ?`, [robin.id])
  await expect(visitor(shop).call.auth.resetPassword({ token, newPassword: NEXT })).rejects.toMatchObject(invalidLink)
})

test('the newest link of its kind is the only one, also when several are asked for at once', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const first = await mailTo(shop, robin.email, 'reset_password')
  await Promise.all(
    Array.from({ length: 5 }, () => visitor(shop).call.auth.requestPasswordReset({ email: robin.email })),
  )
  await expect(visitor(shop).call.auth.resetPassword({ token: first.token, newPassword: NEXT })).rejects.toMatchObject(
    invalidLink,
  )
  const open = await sql(
    shop,
    `select 1 from link where user_id = ? and purpose = 'reset_password' and used_at is null`,
    [robin.id],
  )
  expect(open).toHaveLength(1)
})

test('a link does only what it was made for', async () => {
  const robin = await customer(shop)
  const { token } = await mailTo(shop, robin.email, 'verify_email')
  const { call } = visitor(shop)
  await expect(call.auth.resetPassword({ token, newPassword: NEXT })).rejects.toMatchObject(invalidLink)
  await expect(call.auth.confirmEmailChange({ token })).rejects.toMatchObject(invalidLink)
  await call.auth.verifyEmail({ token })
})

test('a weak password leaves the link as it was', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token } = await mailTo(shop, robin.email, 'reset_password')
  await expect(robin.call.auth.resetPassword({ token, newPassword: 'password password' })).rejects.toMatchObject({
    cause: { reason: 'weak_password' },
  })
  await robin.call.auth.resetPassword({ token, newPassword: NEXT })
})

test('a disabled account gets no link, and one sent before is dead', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token } = await mailTo(shop, robin.email, 'reset_password')
  await shop.system.user.disable({ id: robin.id })
  const { call } = visitor(shop)
  await expect(call.auth.resetPassword({ token, newPassword: NEXT })).rejects.toMatchObject(invalidLink)
  await call.auth.requestPasswordReset({ email: robin.email })
  const links = await sql(shop, `select 1 from link where user_id = ? and purpose = 'reset_password'`, [robin.id])
  expect(links).toHaveLength(1)
})

test('no link can be followed from what the database holds', async () => {
  const robin = await customer(shop)
  await robin.call.auth.requestPasswordReset({ email: robin.email })
  const { token } = await mailTo(shop, robin.email, 'reset_password')
  const rows = await sql<{ token_hash: string }>(shop, 'select * from link where user_id = ?', [robin.id])
  expect(JSON.stringify([rows, await sql(shop, 'select payload from outbox_event')])).not.toContain(token)
})
