import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { Meta } from '../../platform/trpc.ts'
import { appRouter, createRuntime, readConfig } from '../../runtime.ts'
import { colleague, customer, PASSWORD, sql, visitor } from './test-visitor.ts'

const shop = await testShop()

/** Puts somebody's sessions so many minutes into the past. */
const later = (userId: string, minutes: number) =>
  sql(shop, 'update session set created_at = created_at - make_interval(mins => ?) where user_id = ?', [
    minutes,
    userId,
  ])
const recentLoginRequired = { code: 'FORBIDDEN', cause: { reason: 'recent_login_required' } }

test('what hands out money, power, secrets or people’s data needs a recent login', () => {
  // At run time tRPC keeps the procedures in one flat record by path; its types show them nested, for callers.
  const flat = appRouter._def.procedures as unknown as Record<string, { _def: { meta: Meta } }>
  const sensitive = Object.entries(flat).flatMap(([path, { _def }]) => (_def.meta.recentLogin ? [path] : []))
  expect(sensitive.sort()).toEqual([
    'apiKey.create',
    'order.refund',
    'user.create',
    'user.erase',
    'user.export',
    'user.resetTotp',
    'user.update',
    'variant.setPrices',
    'webhook.create',
    'webhook.rotateSecret',
    'webhook.update',
  ])
})

test('fifteen minutes after signing in, staff confirm their password before they go on', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const robin = await customer(shop)
  const promote = () => boss.call.user.update({ id: robin.id, role: 'staff' })
  await later(boss.id, 14)
  await promote()
  await later(boss.id, 2)
  await expect(promote()).rejects.toMatchObject(recentLoginRequired)
  await expect(boss.call.apiKey.create({ name: 'Key', permissions: [] })).rejects.toMatchObject(recentLoginRequired)
  // What is not sensitive goes on as before.
  expect((await boss.call.user.list({ text: robin.email })).rows).toHaveLength(1)

  await expect(boss.call.auth.confirmPassword({ password: 'not the password' })).rejects.toMatchObject({
    cause: { reason: 'wrong_password' },
  })
  await expect(promote()).rejects.toMatchObject(recentLoginRequired)
  expect(await boss.call.auth.confirmPassword({ password: PASSWORD })).toEqual({ status: 'done' })
  await promote()
})

test('confirming a password replaces the session: the old token is dead at once, in every process', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  await using elsewhere = await createRuntime(readConfig(shop.env))
  const before = { ...boss.keeps }
  await boss.call.auth.confirmPassword({ password: PASSWORD })
  expect(boss.keeps.session).not.toBe(before.session)
  for (const runtime of [shop.runtime, elsewhere]) {
    await expect(visitor({ ...shop, runtime }, before).call.auth.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await visitor({ ...shop, runtime }, boss.keeps).call.auth.me()).toMatchObject({ id: boss.id })
  }
})

test('of many who confirm a password under one session one goes on, and a session that ended comes to nothing', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const held = { ...boss.keeps }
  const settled = await Promise.allSettled(
    Array.from({ length: 5 }, () => visitor(shop, held).call.auth.confirmPassword({ password: PASSWORD })),
  )
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await sql(shop, 'select 1 from session where user_id = ?', [boss.id])).toHaveLength(1)
})

test('customers, API keys and the shop’s own programs are asked for no recent login', async () => {
  const boss = await colleague(shop, { role: 'admin' })
  const { token } = await boss.call.apiKey.create({ name: 'Program', permissions: ['staff:write'] })
  await later(boss.id, 60)
  const program = visitor(shop, { session: token })
  expect(await program.call.user.create({ email: 'by-a-program@example.com', role: 'staff' })).toMatchObject({
    role: 'staff',
  })
})
