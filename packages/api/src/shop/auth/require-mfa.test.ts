import { buyer } from '@barrow/dev/test-buyer'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { expect, test } from 'vitest'
import type { Meta } from '../../platform/trpc.ts'
import { appRouter } from '../../runtime.ts'
import { createAdmin } from './accounts.ts'
import { contextOf, customer, enrol, PASSWORD, visitor } from './test-visitor.ts'

const shop = await testShop({ env: { REQUIRE_ADMIN_MFA: 'true' } })

/** An admin as `barrow create-admin` makes one, signed in. */
async function newAdmin(email: string) {
  const { id } = await createAdmin(contextOf(shop), { email, password: PASSWORD })
  const { call, keeps } = visitor(shop)
  await call.auth.login({ email, password: PASSWORD })
  return { call, keeps, id, email }
}

test('where the second factor is demanded, staff without one may do nothing but enrol', async () => {
  const boss = await newAdmin('boss@example.com')
  // At run time tRPC keeps the procedures in one flat record by path; its types show them nested, for callers.
  const flat = appRouter._def.procedures as unknown as Record<string, { _def: { meta: Meta } }>
  const open: string[] = []
  for (const [path, { _def }] of Object.entries(flat)) {
    if (_def.meta.access === 'public') continue
    const procedure = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), boss.call)
    const answer: Promise<unknown> = Reflect.apply(procedure as () => Promise<unknown>, undefined, ['no such input'])
    const reason = await answer.catch((error: { cause: { reason: string } }) => error.cause.reason)
    if (reason !== 'mfa_enrolment_required') open.push(path)
  }
  expect(open.sort()).toEqual(['auth.confirmTotp', 'auth.enrolTotp', 'auth.me', 'auth.totpStatus'])
  expect(await boss.call.auth.totpStatus()).toEqual({ enabled: false, required: true, recoveryCodesLeft: 0 })

  await enrol(boss)
  expect((await boss.call.user.list({})).rows).not.toEqual([])
})

test('without it, staff have no power either where everybody may call', async () => {
  const { variantIds } = await goods(shop, { onHand: 5 })
  const ready = await buyer(
    shop,
    variantIds.map((variantId) => ({ variantId })),
  )
  const { id: orderId } = await ready.place()
  const boss = await newAdmin('second@example.com')
  for (const call of [boss.call.order.get, boss.call.order.cancel])
    await expect(call({ orderId })).rejects.toMatchObject({ cause: { reason: 'order_not_found' } })
  await enrol(boss)
  expect(await boss.call.order.get({ orderId })).toMatchObject({ id: orderId })
})

test('customers and the shop’s own programs go on as before', async () => {
  const robin = await customer(shop)
  expect(await robin.call.auth.totpStatus()).toMatchObject({ required: false })
  expect(await robin.call.address.list({})).toMatchObject({ rows: [] })
  expect((await shop.system.user.list({})).rows).not.toEqual([])
})

test('whoever enrolled signs in with a code from then on', async () => {
  const boss = await newAdmin('third@example.com')
  const { secret } = await enrol(boss)
  const { call } = visitor(shop)
  await expect(call.auth.login({ email: boss.email, password: PASSWORD })).rejects.toMatchObject({
    cause: { reason: 'mfa_required' },
  })
  expect(codeOf(secret)).toMatch(/^[0-9]{6}$/)
})
