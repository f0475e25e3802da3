import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { expect, test } from 'vitest'
import { resealTotp, sealTotp } from './second-factor.ts'
import {
  challengeFor,
  colleague,
  contextOf,
  customer,
  enrol,
  eventLog,
  letTimePass,
  outcomes,
  PASSWORD,
  sql,
  visitor,
} from './test-visitor.ts'

const shop = await testShop({ env: { MAIL_FROM: 'Lamps <post@example.com>' } })
const because = (reason: string) => ({ cause: { reason } })
// A shop keeps its last admin: those of the tests can be disabled, whichever of them comes first.
await colleague(shop, { role: 'admin' })

test('an authenticator app counts from its first code on, and then every login asks for one', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const published = eventLog(shop)
  await published()
  await expect(boss.call.auth.enrolTotp({ password: 'not the password' })).rejects.toMatchObject(
    because('wrong_password'),
  )
  const { secret, uri } = await boss.call.auth.enrolTotp({ password: PASSWORD })
  expect(uri).toContain(`secret=${secret}`)
  expect(uri).toContain('issuer=Lamps')
  expect(await boss.call.auth.totpStatus()).toEqual({ enabled: false, required: false, recoveryCodesLeft: 0 })
  await visitor(shop).call.auth.login({ email: boss.email, password: PASSWORD })

  await expect(boss.call.auth.confirmTotp({ code: codeOf(secret, 5) })).rejects.toMatchObject(because('wrong_code'))
  const { recoveryCodes } = await boss.call.auth.confirmTotp({ code: codeOf(secret) })
  expect(recoveryCodes).toHaveLength(10)
  expect(await boss.call.auth.totpStatus()).toEqual({ enabled: true, required: false, recoveryCodesLeft: 10 })
  expect((await published()).map(({ name, payload }) => [name, payload])).toEqual([
    ['auth.totp_enabled', { userId: boss.id }],
  ])
  await expect(boss.call.auth.enrolTotp({ password: PASSWORD })).rejects.toMatchObject(because('totp_enabled'))

  const { call, keeps, challenge, expiresAt } = await challengeFor(shop, boss.email)
  expect(keeps.session).toBeNull()
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(5 * 60_000)
  await expect(call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await call.auth.verifyTotp({ challenge, code: codeOf(secret, 1) })).toMatchObject({
    id: boss.id,
    role: 'admin',
  })
  expect(keeps.session).toMatch(/^bs_/)
  expect(await call.auth.me()).toMatchObject({ id: boss.id })
})

test('confirming the app ends every session that began without it', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const phone = visitor(shop)
  await phone.call.auth.login({ email: boss.email, password: PASSWORD })
  const before = visitor(shop, { ...boss.keeps })
  await enrol(boss)
  for (const { call } of [phone, before]) await expect(call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await boss.call.auth.me()).toMatchObject({ id: boss.id })
})

test('without the right password nobody learns whether there is an app', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  await enrol(boss)
  await expect(
    visitor(shop).call.auth.login({ email: boss.email, password: 'not the password' }),
  ).rejects.toMatchObject(because('wrong_credentials'))
})

test('a code is accepted once: not again, not an earlier one, and of ten at the same moment one gets in', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const again = await challengeFor(shop, boss.email)
  for (const code of [codeOf(secret), codeOf(secret, -1)])
    await expect(again.call.auth.verifyTotp({ challenge: again.challenge, code })).rejects.toMatchObject(
      because('wrong_code'),
    )
  const waiting = await Promise.all(Array.from({ length: 4 }, () => challengeFor(shop, boss.email)))
  const code = codeOf(secret, 1)
  const calls = [...waiting, ...waiting].map(({ call, challenge }) => call.auth.verifyTotp({ challenge, code }))
  const { succeeded, reasons } = await outcomes(calls)
  expect(succeeded).toBe(1)
  expect(reasons.filter((reason) => !['wrong_code', 'challenge_invalid', 'rate_limited'].includes(reason))).toEqual([])
})

test('a recovery code stands in for the app, once, and its owner is told', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { recoveryCodes } = await enrol(boss)
  const [code = ''] = recoveryCodes
  const published = eventLog(shop)
  await published()
  const first = await challengeFor(shop, boss.email)
  await first.call.auth.verifyTotp({ challenge: first.challenge, code: ` ${code.toUpperCase().replaceAll('-', ' ')}` })
  expect((await published()).map(({ name, payload }) => [name, payload])).toEqual([
    ['auth.recovery_code_used', { userId: boss.id, left: 9 }],
  ])
  const second = await challengeFor(shop, boss.email)
  await expect(second.call.auth.verifyTotp({ challenge: second.challenge, code })).rejects.toMatchObject(
    because('wrong_code'),
  )
  const kim = await colleague(shop, { role: 'admin' })
  await enrol(kim)
  const others = await challengeFor(shop, kim.email)
  await expect(
    others.call.auth.verifyTotp({ challenge: others.challenge, code: recoveryCodes[1] ?? '' }),
  ).rejects.toMatchObject(because('wrong_code'))
})

test('one recovery code used at two places at the same moment gets one of them in', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { recoveryCodes } = await enrol(boss)
  const [code = ''] = recoveryCodes
  const waiting = await Promise.all([challengeFor(shop, boss.email), challengeFor(shop, boss.email)])
  const calls = waiting.map(({ call, challenge }) => call.auth.verifyTotp({ challenge, code }))
  expect(await outcomes(calls)).toEqual({ succeeded: 1, reasons: ['wrong_code'] })
})

test('a challenge is good for one login, five minutes, and until the password changes or its user is signed out', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const code = () => codeOf(secret, 1)
  const used = await challengeFor(shop, boss.email)
  await used.call.auth.verifyTotp({ challenge: used.challenge, code: code() })
  await letTimePass(shop, boss.id)
  const dead = async (void_: (challenge: Awaited<ReturnType<typeof challengeFor>>) => Promise<unknown>) => {
    const waiting = await challengeFor(shop, boss.email)
    await void_(waiting)
    await expect(waiting.call.auth.verifyTotp({ challenge: waiting.challenge, code: code() })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      ...because('challenge_invalid'),
    })
  }
  await expect(used.call.auth.verifyTotp({ challenge: used.challenge, code: code() })).rejects.toMatchObject(
    because('challenge_invalid'),
  )
  await dead(() => sql(shop, 'update login_challenge set expires_at = now()'))
  await dead(() => shop.system.user.signOut({ id: boss.id }))
  await dead(async () => {
    await shop.system.user.disable({ id: boss.id })
    await shop.system.user.enable({ id: boss.id })
  })
  const open = await challengeFor(shop, boss.email)
  await open.call.auth.verifyTotp({ challenge: open.challenge, code: code() })
  await dead(() => open.call.auth.changePassword({ currentPassword: PASSWORD, newPassword: 'quite another secret' }))
})

test('wrong codes make the next one wait longer and longer, whatever login they are tried under; a right one ends that', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const attempt = async (code: string) => {
    const { call, challenge } = await challengeFor(shop, boss.email)
    return call.auth.verifyTotp({ challenge, code })
  }
  for (let n = 0; n < 5; n++) await expect(attempt('000000')).rejects.toMatchObject(because('wrong_code'))
  await expect(attempt(codeOf(secret, 1))).rejects.toMatchObject({
    code: 'TOO_MANY_REQUESTS',
    cause: { reason: 'rate_limited', details: { retryAfterSeconds: expect.any(Number) } },
  })
  const wait = async () => {
    const refused = await attempt('000000').catch((error: { cause: { details: unknown } }) => error.cause.details)
    return Object(refused).retryAfterSeconds
  }
  expect(await wait()).toBeLessThanOrEqual(30)
  await sql(shop, 'update totp set failures = 100 where user_id = ?', [boss.id])
  expect(await wait()).toBeGreaterThan(890)
  expect(await wait()).toBeLessThanOrEqual(900)
  await sql(shop, `update totp set failed_at = now() - interval '15 minutes' where user_id = ?`, [boss.id])
  await attempt(codeOf(secret, 1))
  expect(await sql(shop, 'select failures from totp where user_id = ?', [boss.id])).toEqual([{ failures: 0 }])
})

test('twenty wrong codes at the same moment are not more guesses than five', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  await enrol(boss)
  const { call, challenge } = await challengeFor(shop, boss.email)
  const calls = Array.from({ length: 20 }, () => call.auth.verifyTotp({ challenge, code: '000000' }))
  const { succeeded } = await outcomes(calls)
  expect(succeeded).toBe(0)
  expect(await sql(shop, 'select failures from totp where user_id = ?', [boss.id])).toEqual([{ failures: 5 }])
})

test('confirming the password needs a code, too, where there is an app', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const password = PASSWORD
  await expect(boss.call.auth.confirmPassword({ password })).rejects.toMatchObject(because('code_required'))
  await expect(boss.call.auth.confirmPassword({ password, code: '000000' })).rejects.toMatchObject(
    because('wrong_code'),
  )
  expect(await boss.call.auth.confirmPassword({ password, code: codeOf(secret, 1) })).toEqual({ status: 'done' })
})

test('the app is put away with password and code, and its owner is told', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const published = eventLog(shop)
  await published()
  const wrongs = [
    { password: 'not the password', code: codeOf(secret, 1), reason: 'wrong_password' },
    { password: PASSWORD, code: '000000', reason: 'wrong_code' },
  ]
  for (const { reason, ...input } of wrongs)
    await expect(boss.call.auth.disableTotp(input)).rejects.toMatchObject(because(reason))
  await boss.call.auth.disableTotp({ password: PASSWORD, code: codeOf(secret, 1) })
  expect((await published()).map(({ name, payload }) => [name, payload])).toEqual([
    ['auth.totp_disabled', { userId: boss.id, by: 'owner' }],
  ])
  expect(await visitor(shop).call.auth.login({ email: boss.email, password: PASSWORD })).toMatchObject({ id: boss.id })
  expect(await boss.call.auth.totpStatus()).toMatchObject({ enabled: false, recoveryCodesLeft: 0 })
})

test('new recovery codes void the old ones', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret, recoveryCodes } = await enrol(boss)
  const renewed = await boss.call.auth.renewRecoveryCodes({ password: PASSWORD, code: codeOf(secret, 1) })
  const { call, challenge } = await challengeFor(shop, boss.email)
  const verify = (code = '') => call.auth.verifyTotp({ challenge, code })
  await expect(verify(recoveryCodes[0])).rejects.toMatchObject(because('wrong_code'))
  await verify(renewed.recoveryCodes[0])
  const robin = await customer(shop)
  await expect(robin.call.auth.renewRecoveryCodes({ password: PASSWORD, code: '000000' })).rejects.toMatchObject(
    because('totp_not_begun'),
  )
})

test('an admin takes the app of a colleague away, who is signed out and told; nobody else may', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const clerk = await colleague(shop, { role: 'staff', permissions: ['staff:write', 'customers:write'] })
  await enrol(clerk)
  const published = eventLog(shop)
  await published()
  await expect(clerk.call.user.resetTotp({ id: boss.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await boss.call.user.resetTotp({ id: clerk.id })).toEqual({ id: clerk.id })
  await expect(clerk.call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect((await published()).map(({ name }) => name)).toEqual(['user.changed', 'auth.totp_disabled'])
  expect(await visitor(shop).call.auth.login({ email: clerk.email, password: PASSWORD })).toMatchObject({
    id: clerk.id,
  })
  const { rows } = await boss.call.audit.list({ subject: clerk.id, action: 'user.resetTotp' })
  expect(rows.map(({ actor, before }) => [actor, before])).toContainEqual([boss.id, { totp: true }])
})

test('neither secret nor codes are in the database to be read', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret, recoveryCodes } = await enrol(boss)
  const stored = JSON.stringify(
    await Promise.all(
      ['totp', 'recovery_code', 'audit_entry', 'outbox_event', 'idempotency_key'].map((table) =>
        sql(shop, `select * from ${table}`),
      ),
    ),
  )
  expect(stored).toContain(boss.id)
  for (const text of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
    expect(stored).not.toContain(text)
})

test('an app enrolled before the secret of the shop changed still works, and is sealed with the new one in time', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { secret } = await enrol(boss)
  const ctx = contextOf(shop)
  const rotated = {
    ...ctx,
    config: { ...ctx.config, secrets: ['a-newer-secret-0123456789-0123456789', ...ctx.config.secrets] },
  }
  await resealTotp(rotated)
  const [row] = await sql<{ sealed: string }>(shop, 'select sealed from totp where user_id = ?', [boss.id])
  expect(row?.sealed.split('.')[1]).toBe(sealTotp(rotated, boss.id, secret).split('.')[1])
  const renewed = { ...shop, runtime: { ...shop.runtime, config: rotated.config } }
  const { call, challenge } = await challengeFor(renewed, boss.email)
  await call.auth.verifyTotp({ challenge, code: codeOf(secret, 1) })
})
