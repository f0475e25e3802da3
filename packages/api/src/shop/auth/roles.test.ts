import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import type { Access, Permission } from '../../platform/actor.ts'
import { appRouter } from '../../runtime.ts'
import { colleague, customer, visitor } from './test-visitor.ts'

const shop = await testShop()

/** Who may call what, beside admins and the shop's own programs, who may call all but what belongs to a customer. */
const table: Record<string, Exclude<Access, 'public' | 'shopper' | 'user'> | 'everybody' | 'signed in'> = {
  'auth.register': 'everybody',
  'auth.login': 'everybody',
  'auth.verifyTotp': 'everybody',
  'auth.logout': 'everybody',
  'auth.me': 'signed in',
  'auth.confirmPassword': 'signed in',
  'auth.totpStatus': 'signed in',
  'auth.enrolTotp': 'signed in',
  'auth.confirmTotp': 'signed in',
  'auth.disableTotp': 'signed in',
  'auth.renewRecoveryCodes': 'signed in',
  'auth.changePassword': 'signed in',
  'auth.requestPasswordReset': 'everybody',
  'auth.resetPassword': 'everybody',
  'auth.requestEmailVerification': 'signed in',
  'auth.verifyEmail': 'everybody',
  'auth.requestEmailChange': 'signed in',
  'auth.confirmEmailChange': 'everybody',
  'auth.listSessions': 'signed in',
  'auth.revokeSession': 'signed in',
  'auth.revokeOtherSessions': 'signed in',
  'user.list': 'customers:read|staff:read',
  'user.get': 'customers:read|staff:read',
  'user.create': 'customers:write|staff:write',
  'user.update': 'customers:write|staff:write',
  'user.disable': 'customers:write|staff:write',
  'user.enable': 'customers:write|staff:write',
  'user.signOut': 'customers:write|staff:write',
  'user.exportMine': 'signed in',
  'user.export': 'customers:read|staff:read',
  'user.resetTotp': 'admin',
  'user.erase': 'customers:write|staff:write',
  'address.list': 'customer',
  'address.get': 'customer',
  'address.create': 'customer',
  'address.update': 'customer',
  'address.delete': 'customer',
  'apiKey.list': 'settings:read',
  'apiKey.create': 'settings:write',
  'apiKey.revoke': 'settings:write',
  'audit.list': 'audit:read',
}

const paths = Object.keys(appRouter._def.procedures).filter((path) => /^(auth|user|address|apiKey|audit)\./.test(path))

test('every procedure about accounts is in the table, and nothing else is', () => {
  expect(Object.keys(table).sort()).toEqual(paths.sort())
})

const admin = await colleague(shop, { role: 'admin' })
const buyer = await customer(shop)
const unprivileged = await colleague(shop, { role: 'staff' })
const all: Permission[] = [
  'customers:read',
  'customers:write',
  'staff:read',
  'staff:write',
  'settings:read',
  'settings:write',
  'audit:read',
]

/** A caller, and the answer they get from a procedure of each kind: none when they are let in. */
interface Caller {
  who: string
  call: object
  refused: (access: (typeof table)[string]) => string | null
}

const callers: Caller[] = [
  { who: 'a guest', call: visitor(shop).call, refused: (access) => (access === 'everybody' ? null : 'UNAUTHORIZED') },
  {
    who: 'a customer',
    call: buyer.call,
    refused: (access) => (['everybody', 'signed in', 'customer'].includes(access) ? null : 'FORBIDDEN'),
  },
  {
    who: 'staff without permissions',
    call: unprivileged.call,
    refused: (access) => (['everybody', 'signed in'].includes(access) ? null : 'FORBIDDEN'),
  },
  { who: 'an admin', call: admin.call, refused: (access) => (access === 'customer' ? 'FORBIDDEN' : null) },
]
for (const permission of all) {
  const staff = await colleague(shop, { role: 'staff', permissions: [permission] })
  callers.push({
    who: `staff with ${permission}`,
    call: staff.call,
    refused: (access) =>
      ['everybody', 'signed in'].includes(access) || access.split('|').includes(permission) ? null : 'FORBIDDEN',
  })
  const { token } = await admin.call.apiKey.create({ name: permission, permissions: [permission] })
  callers.push({
    who: `a key with ${permission}`,
    call: visitor(shop, { session: token }).call,
    refused: (access) => (access === 'everybody' || access.split('|').includes(permission) ? null : 'FORBIDDEN'),
  })
}

/** Calls with an input that no procedure takes: whoever is let in is told so, and nothing changes. */
async function refusal(call: object, path: string): Promise<string> {
  // A caller is a proxy that makes a function of any path.
  const procedure = path.split('.').reduce<unknown>((at, name) => Reflect.get(at as object, name), call)
  const answer: Promise<unknown> = Reflect.apply(procedure as () => Promise<unknown>, undefined, ['no such input'])
  return answer.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  )
}

test.each(callers)('$who may call what the table says, and nothing else', async ({ call, refused }) => {
  const answers: Record<string, string> = {}
  for (const path of paths) answers[path] = await refusal(call, path)
  expect(answers).toEqual(
    Object.fromEntries(Object.entries(table).map(([path, access]) => [path, refused(access) ?? 'BAD_REQUEST'])),
  )
})
