import { createMailbox } from '@barrow/api/work'
import { visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { afterAll, expect, test, vi } from 'vitest'
import { consumers } from '../consumers/index.ts'
import { startWorker } from '../worker.ts'

const shop = await testShop()
const worker = await startWorker(shop.runtime, consumers)
afterAll(() => worker.stop())
const mailbox = createMailbox(shop.runtime.config.mail.mailboxDir)

/** The one mail to an address with this in its subject, and the token of its link. */
const mailTo = (to: string, subject: string) =>
  vi.waitFor(
    async () => {
      const found = (await mailbox.list()).filter((mail) => mail.to === to && mail.subject.includes(subject))
      expect(found).toHaveLength(1)
      return { text: found[0]?.text ?? '', token: /token=([\w-]+)/.exec(found[0]?.text ?? '')?.[1] ?? '' }
    },
    { timeout: 150_000, interval: 20 },
  )
const password = 'a long and uncommon passphrase'

test('who registers gets a link that verifies their address, and no mail but theirs holds it', async () => {
  await shop.as(visitor()).auth.register({ email: 'ada@example.com', password })
  const { token } = await mailTo('ada@example.com', 'Welcome')
  expect(JSON.stringify(await shop.runtime.orm.em.fork().execute('select payload from outbox_event'))).not.toContain(
    token,
  )
  await shop.as(visitor()).auth.verifyEmail({ token })
  await shop.as(visitor()).auth.register({ email: 'ada@example.com', password })
  await mailTo('ada@example.com', 'already have an account')
})

test('who forgot their password gets a link to choose another', async () => {
  await shop.as(visitor()).auth.register({ email: 'ben@example.com', password })
  await shop.as(visitor()).auth.requestPasswordReset({ email: 'ben@example.com' })
  const { token } = await mailTo('ben@example.com', 'Choose a new password')
  await shop.as(visitor()).auth.resetPassword({ token, newPassword: 'another uncommon passphrase' })
  await mailTo('ben@example.com', 'Your password was changed')
})

test('whoever enrols an authenticator app, uses a recovery code or loses the app is told', async () => {
  const { call, visiting, userId } = await signedIn('cleo@example.com')
  const { secret } = await (await call()).auth.enrolTotp({ password })
  const { recoveryCodes } = await (await call()).auth.confirmTotp({ code: codeOf(secret) })
  await mailTo('cleo@example.com', 'Your account asks for a code now')
  const refused: unknown = await visiting.auth.login({ email: 'cleo@example.com', password }).catch((error) => error)
  const { challenge } = Object(Object(Object(refused).cause).details)
  await visiting.auth.verifyTotp({ challenge, code: recoveryCodes[0] ?? '' })
  expect((await mailTo('cleo@example.com', 'A recovery code was used')).text).toContain('9 left')
  await shop.system.user.resetTotp({ id: userId })
  expect((await mailTo('cleo@example.com', 'no longer asks for a code')).text).toContain('An admin of the shop')
})

test('a customer who rose to the staff gets a link to choose a longer password', async () => {
  const short = 'twelve chars'
  const { visiting, userId } = await signedIn('dora@example.com', short)
  await shop.system.user.update({ id: userId, role: 'staff' })
  await expect(visiting.auth.login({ email: 'dora@example.com', password: short })).rejects.toMatchObject({
    cause: { reason: 'password_outgrown' },
  })
  const { token } = await mailTo('dora@example.com', 'Choose a longer password')
  await visiting.auth.resetPassword({ token, newPassword: password })
  expect(await visiting.auth.login({ email: 'dora@example.com', password })).toMatchObject({ role: 'staff' })
})

test('no address is in an event, a job, or what consumers keep of them', async () => {
  await signedIn('erin@example.com')
  await mailTo('erin@example.com', 'Welcome')
  const em = shop.runtime.orm.em.fork()
  const tables: { name: string }[] = await em.execute(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema = 'bullmq' or table_name in ('outbox_event', 'event_sequence', 'inbox_entry', 'schedule_run')`,
  )
  expect(tables.length).toBeGreaterThan(4)
  for (const { name } of tables) {
    const rows = JSON.stringify(await em.execute(`select t::text from ${name} t`))
    expect(rows, name).not.toContain('@example.com')
  }
})

/** A customer who has registered and signed in: `call()` makes a call under their newest session. */
async function signedIn(email: string, chosen = password) {
  const visiting = shop.as(visitor())
  await visiting.auth.register({ email, password: chosen })
  const { id: userId } = await visiting.auth.login({ email, password: chosen })
  const call = async () => {
    const [session]: { id: string }[] = await shop.runtime.orm.em
      .fork()
      .execute('select id from session where user_id = ? order by created_at desc limit 1', [userId])
    return shop.as({ kind: 'customer', userId, sessionId: session?.id ?? 'none', guest: null })
  }
  return { call, visiting, userId }
}
