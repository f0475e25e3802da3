import type { TestShop } from '@barrow/dev/test-shop'
import type { Actor, Permission } from '../platform/actor.ts'
import { permissions } from '../platform/actor.ts'
import { hashToken } from '../platform/tokens.ts'
import { authenticate } from '../shop/auth/index.ts'
import { sessionsOf } from '../shop/auth/session-store.ts'

/** One of every kind that may call: the column of a matrix. */
export interface Person {
  readonly name: string
  readonly actor: Actor
  /** What they bring over HTTP. */
  readonly headers: Readonly<Record<string, string>>
}

/** Everybody there is, with real credentials: sessions and keys are read from the database at every call. */
export async function everybody(shop: TestShop): Promise<Person[]> {
  const people: Person[] = []
  const add = async (name: string, session: string | null, guest: string | null = null) => {
    const headers = {
      ...(session !== null && { Authorization: `Bearer ${session}` }),
      ...(guest !== null && { 'Barrow-Guest': guest }),
    }
    people.push({ name, headers, actor: await authenticate(shop.runtime, { session, guest, cookies: false }) })
  }
  const signIn = async (role: 'customer' | 'staff' | 'admin', held: readonly Permission[] = []) => {
    const email = `${role}-${people.length}@example.com`
    const { id } = await shop.system.user.create({ email, role, permissions: [...held] })
    return sessionsOf(shop.runtime.orm.em.fork()).begin(id)
  }
  const key = async (held: readonly Permission[]) =>
    (await shop.system.apiKey.create({ name: 'Key', permissions: [...held] })).token
  await add('anonymous', null)
  await add('guest', null, `bg_${'g'.repeat(43)}`)
  await add('customer', await signIn('customer'))
  await add('staff', await signIn('staff'))
  for (const one of permissions) await add(`staff ${one}`, await signIn('staff', [one]))
  await add('staff with all', await signIn('staff', permissions))
  await add('admin', await signIn('admin'))
  await add('key', await key([]))
  for (const one of permissions) await add(`key ${one}`, await key([one]))
  await add('key with all', await key(permissions))
  return people
}

/** A customer of their own account, signed in. */
export async function newCustomer(shop: TestShop, email: string): Promise<Actor> {
  const { id } = await shop.system.user.create({ email, role: 'customer' })
  const session = await sessionsOf(shop.runtime.orm.em.fork()).begin(id)
  return authenticate(shop.runtime, { session, guest: null, cookies: false })
}

/** A visitor with a cart's token. */
export const newGuest = (token: string): Actor => ({ kind: 'guest', guest: hashToken(token) })
