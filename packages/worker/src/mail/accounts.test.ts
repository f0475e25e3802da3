import { createMailbox } from '@barrow/api/work'
import { visitor } from '@barrow/dev/test-buyer'
import { testShop } from '@barrow/dev/test-shop'
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
