import { createAdmin } from '@barrow/api/auth'
import { createCaller } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { runWith } from '../test-io.ts'

const shop = await testShop()
const email = 'owner@example.com'
const password = 'a password long enough for an admin'

test('an admin who has lost the authenticator and all codes gets in again by the machine of the shop, and it is written down', async () => {
  const { id } = await createAdmin(createWorkContext(shop.runtime, 'test', 'test', 'test'), { email, password })
  const admin = {
    kind: 'staff',
    userId: id,
    sessionId: 'test',
    admin: true,
    permissions: [],
    assurance: 'recent',
  } as const
  const owner = createCaller(shop.runtime, admin).auth
  await owner.enrolTotp({ password })
  await shop.runtime.orm.em.fork().execute('update totp set confirmed_at = now() where user_id = ?', [id])
  const stranger = shop.guest().auth
  await expect(stranger.login({ email, password })).rejects.toMatchObject({ cause: { reason: 'mfa_required' } })

  const reset = await runWith(['reset-totp', '--email', 'Owner@Example.com'], shop.env)
  expect(reset).toMatchObject({ status: 0, err: '', out: expect.stringContaining(id) })
  expect(await stranger.login({ email, password })).toMatchObject({ id })
  const { rows } = await shop.system.audit.list({ subject: id, action: 'user.resetTotp' })
  expect(rows).toContainEqual(expect.objectContaining({ actor: 'system:cli', before: { totp: true } }))
})

test('an account that there is not is refused, and so is a call without one', async () => {
  expect(await runWith(['reset-totp', '--email', 'nobody@example.com'], shop.env)).toMatchObject({
    status: 1,
    err: 'There is no account of nobody@example.com.\n',
  })
  expect((await runWith(['reset-totp'], shop.env)).status).toBe(2)
})
