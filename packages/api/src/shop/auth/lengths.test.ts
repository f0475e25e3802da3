import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { createAdmin } from './accounts.ts'
import { contextOf, visitor } from './test-visitor.ts'

const shop = await testShop({ env: { PASSWORD_MIN_LENGTH: '8' } })

test('a shop may let its customers have eight characters; its staff still need fifteen', async () => {
  const { call } = visitor(shop)
  const email = 'short@example.com'
  await expect(call.auth.register({ email, password: 'sevench' })).rejects.toMatchObject({
    cause: { reason: 'invalid_input' },
  })
  await call.auth.register({ email, password: 'eightch!' })
  await call.auth.login({ email, password: 'eightch!' })
  await expect(
    createAdmin(contextOf(shop), { email: 'boss@example.com', password: 'fourteen chars' }),
  ).rejects.toMatchObject({ reason: 'weak_password', details: { minimum: 15 } })
})

test.each(['qwertyuiop', 'trustno1', 'Football', 'jennifer1'])(
  '%s is among those everybody tries',
  async (password) => {
    await expect(visitor(shop).call.auth.register({ email: 'weak@example.com', password })).rejects.toMatchObject({
      cause: { reason: 'weak_password', details: { problem: 'too_common' } },
    })
  },
)
