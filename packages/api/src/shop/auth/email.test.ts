import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { LinkId } from './entity.ts'
import { emailChange, linkMail, linkToken } from './links.ts'
import { contextOf, customer, eventLog, mailTo, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop()
const invalidLink = { cause: { reason: 'link_invalid' } }

test('the link of the welcome proves the address', async () => {
  const robin = await customer(shop)
  expect(await robin.call.auth.me()).toMatchObject({ emailVerified: false })
  const { token } = await mailTo(shop, robin.email, 'verify_email')
  await visitor(shop).call.auth.verifyEmail({ token })
  expect(await robin.call.auth.me()).toMatchObject({ emailVerified: true })
  await expect(visitor(shop).call.auth.verifyEmail({ token })).rejects.toMatchObject(invalidLink)
})

test('asking for another link voids the first', async () => {
  const robin = await customer(shop)
  const first = await mailTo(shop, robin.email, 'verify_email')
  await robin.call.auth.requestEmailVerification()
  await expect(robin.call.auth.verifyEmail({ token: first.token })).rejects.toMatchObject(invalidLink)
  const second = await mailTo(shop, robin.email, 'verify_email')
  await robin.call.auth.verifyEmail({ token: second.token })
})

test('a new address counts once its link is followed; the old one is told, and other sessions end', async () => {
  const robin = await customer(shop)
  const phone = visitor(shop)
  await phone.call.auth.login({ email: robin.email, password: PASSWORD })
  const published = eventLog(shop)
  await published()
  const newEmail = 'robin.moved@example.com'
  await expect(robin.call.auth.requestEmailChange({ newEmail, password: 'not the password' })).rejects.toMatchObject({
    cause: { reason: 'wrong_password' },
  })
  await robin.call.auth.requestEmailChange({ newEmail, password: PASSWORD })
  const mail = await mailTo(shop, newEmail, 'change_email')
  expect(mail).toMatchObject({ to: newEmail, oldEmail: robin.email })
  expect(await robin.call.auth.me()).toMatchObject({ email: robin.email })

  await robin.call.auth.confirmEmailChange({ token: mail.token })
  expect(await robin.call.auth.me()).toMatchObject({ email: newEmail, emailVerified: true })
  await expect(phone.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(phone.call.auth.login({ email: robin.email, password: PASSWORD })).rejects.toMatchObject({
    cause: { reason: 'wrong_credentials' },
  })
  const events = await published()
  expect(events.map(({ name }) => name)).toEqual(['auth.email_change_requested', 'auth.email_changed'])
  const changed = events[1]?.payload.linkId
  expect(await emailChange(contextOf(shop), changed as LinkId)).toMatchObject({ oldEmail: robin.email, newEmail })
})

test('an address of somebody else is asked for without learning whose it is, and not given', async () => {
  const [robin, kim] = [await customer(shop), await customer(shop)]
  expect(await robin.call.auth.requestEmailChange({ newEmail: kim.email, password: PASSWORD })).toEqual({
    status: 'check_your_mail',
  })
  const { token } = await mailTo(shop, kim.email, 'change_email')
  await expect(kim.call.auth.confirmEmailChange({ token })).rejects.toMatchObject({ cause: { reason: 'email_taken' } })
  expect(await robin.call.auth.me()).toMatchObject({ email: robin.email })
})

test('two people who take one address at the same moment: one gets it', async () => {
  const people = [await customer(shop), await customer(shop)]
  const newEmail = 'both-want-it@example.com'
  const tokens: string[] = []
  for (const { call } of people) {
    await call.auth.requestEmailChange({ newEmail, password: PASSWORD })
    tokens.push((await mailTo(shop, newEmail, 'change_email')).token)
  }
  const settled = await Promise.allSettled(tokens.map((token) => visitor(shop).call.auth.confirmEmailChange({ token })))
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { cause: { reason: 'email_taken' } },
  })
})

test('links made before the secret changed still work and are still written, with the new secret first', async () => {
  const robin = await customer(shop)
  const { token } = await mailTo(shop, robin.email, 'verify_email')
  const [link] = await sql<{ id: LinkId; purpose: 'verify_email'; tokenHash: string }>(
    shop,
    `select id, purpose, token_hash as "tokenHash" from link where user_id = ?`,
    [robin.id],
  )
  const [old = ''] = shop.runtime.config.secrets
  const rotated = (...secrets: string[]) => ({ ...shop.runtime.config, secrets })
  if (link === undefined) throw new Error('registering made no link')
  expect(linkToken(rotated('a-newer-secret-0123456789-0123456789', old), link)).toBe(token)
  expect(linkToken(rotated('a-newer-secret-0123456789-0123456789'), link)).toBeNull()
  await robin.call.auth.verifyEmail({ token })
  expect(await linkMail(contextOf(shop), link.id)).toBeNull()
})
