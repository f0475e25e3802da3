import { sampleOf } from '@barrow/dev/bad-input'
import { buyer } from '@barrow/dev/test-buyer'
import { callByName } from '@barrow/dev/test-call'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { TRPCError } from '@trpc/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Actor, permits } from '../platform/actor.ts'
import { faultOf } from '../platform/error-shape.ts'
import { newCustomer, newGuest } from './people.ts'
import { type Known, procedures } from './procedures.ts'

const shop = await testShop()

/** What somebody has that is theirs alone, by the fields and kinds of ids that name it. */
interface Belongings {
  readonly actor: Actor
  readonly ids: Readonly<Record<string, string>>
}

const address = { name: 'A', line1: '1 Street', city: 'Berlin', countryCode: 'DE' }
const { variantIds } = await goods(shop, { onHand: 100 })
const [variantId = ''] = variantIds

/** Somebody with a cart, an order, and as a customer with an address and a session. */
async function belongingsOf(actor: Actor): Promise<Belongings> {
  const shopper = await buyer(
    shop,
    variantIds.map((variantId) => ({ variantId })),
    { actor },
  )
  const order = await shopper.place('test_decline')
  const cart = await shop.as(actor).cart.create({ currency: 'EUR' })
  const filled = await shop.as(actor).cart.addLine({ cartId: cart.id, variantId: variantId as never })
  const { lines } = await shop.as(actor).order.get({ orderId: order.id })
  const ids = {
    cart: cart.id,
    line: filled.lines[0]?.id ?? '',
    order: order.id,
    orderline: lines[0]?.id ?? '',
    variant: variantId,
  }
  if (actor.kind !== 'customer') return { actor, ids }
  const kept = await shop.as(actor).address.create(address)
  return { actor, ids: { ...ids, address: kept.id, session: actor.sessionId } }
}

/** An input as its schema wants it, about these things. */
function about(input: z.ZodType | undefined, ids: Belongings['ids']): { value: unknown; personal: boolean } {
  let personal = false
  const sample = input === undefined ? undefined : sampleOf(input)
  if (typeof sample !== 'object' || sample === null) return { value: sample, personal }
  const value = Object.entries(sample).map(([field, given]): [string, unknown] => {
    const kind =
      /^([a-z_-]+)_0{26}$/.exec(String(given))?.[1] ??
      (field === 'id' && String(given).startsWith('xxx') ? 'session' : '')
    const id = ids[kind]
    if (id === undefined) return [field, isNeeded(input, field) ? given : undefined]
    if (kind !== 'variant') personal = true
    return [field, id]
  })
  return { value: Object.fromEntries(value.filter(([, given]) => given !== undefined)), personal }
}

const isNeeded = (input: z.ZodType | undefined, field: string): boolean =>
  !(input instanceof z.ZodObject) || !z.safeParse(input.shape[field] ?? z.unknown(), undefined).success

async function reasonOf({ path }: Known, actor: Actor, input: unknown): Promise<string | undefined> {
  try {
    await callByName(shop, { path, actor, input, idempotencyKey: `scope-${path}-${Math.random()}` })
    return undefined
  } catch (error) {
    return faultOf(error instanceof TRPCError ? error : undefined)?.reason ?? String(error)
  }
}

/** An id of every kind that somebody can have. */
const everything = Object.fromEntries(
  ['cart', 'line', 'order', 'orderline', 'address', 'session'].map((kind) => [kind, 'x']),
)

/** All that a person sees of what is theirs. */
async function look({ actor, ids }: Belongings): Promise<unknown> {
  const caller = shop.as(actor)
  return [
    await caller.cart.get({ id: ids.cart as never }),
    await caller.order.get({ orderId: ids.order as never }),
    ids.address === undefined ? null : await caller.address.get({ id: ids.address as never }),
    actor.kind === 'customer' ? await caller.auth.listSessions() : null,
  ]
}

const personal = (ids: Belongings['ids'], actor: Actor) =>
  procedures.filter(({ meta }) => permits(meta.access, actor) === 'allowed' && about(meta.input, ids).personal)

test.each([
  ['customer', 'customer'],
  ['customer', 'guest'],
  ['guest', 'customer'],
  ['guest', 'guest'],
  ['customer', 'staff'],
  ['guest', 'key'],
])(
  'to another, what belongs to a %s does not exist: to a %s',
  async (owner, other) => {
    const name = `${owner}-${other}`
    const actorOf = async (kind: string, who: string): Promise<Actor> => {
      if (kind === 'customer') return newCustomer(shop, `${who}-${name}@example.com`)
      if (kind === 'guest') return newGuest(`${who}-${name}`)
      if (kind === 'key') return { kind: 'key', keyId: `key_${'0'.repeat(26)}`, permissions: [] }
      return {
        kind: 'staff',
        userId: `user_${'0'.repeat(26)}`,
        sessionId: 'x',
        admin: false,
        assurance: 'recent',
        permissions: [],
      }
    }
    const theirs = await belongingsOf(await actorOf(owner, 'owner'))
    const stranger = await actorOf(other, 'stranger')
    const before = await look(theirs)
    const asked = personal(theirs.ids, stranger)
    for (const procedure of asked) {
      const { value } = about(procedure.meta.input, theirs.ids)
      const reason = await reasonOf(procedure, stranger, value)
      expect({ path: procedure.path, value, reason }).toMatchObject({ reason: expect.stringMatching(/_not_found$/) })
    }
    expect(await look(theirs)).toEqual(before)
    expect(asked.length).toBeGreaterThan(3)
  },
  60_000,
)

test('to whom it belongs it does exist: what strangers are refused is there', async () => {
  const stranger = await newCustomer(shop, 'stranger@example.com')
  const found: string[] = []
  for (const [index, procedure] of procedures.entries()) {
    if (permits(procedure.meta.access, stranger) !== 'allowed' || !about(procedure.meta.input, everything).personal)
      continue
    const theirs = await belongingsOf(await newCustomer(shop, `owner-${index}@example.com`))
    const { value } = about(procedure.meta.input, theirs.ids)
    const refused = await reasonOf(procedure, stranger, value)
    const answered = await reasonOf(procedure, theirs.actor, value)
    expect({ path: procedure.path, refused }).not.toEqual({ path: procedure.path, refused: answered })
    found.push(procedure.path)
  }
  expect(found).toEqual(
    expect.arrayContaining(['address.get', 'auth.revokeSession', 'cart.get', 'order.get', 'order.watch']),
  )
}, 120_000)
