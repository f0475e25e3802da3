import { buyer } from '@barrow/dev/test-buyer'
import { callByName } from '@barrow/dev/test-call'
import { goods } from '@barrow/dev/test-goods'
import { TEST_SEED } from '@barrow/dev/test-seed'
import { testShop } from '@barrow/dev/test-shop'
import { TRPCError } from '@trpc/server'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { newCustomer, newGuest } from '../access/people.ts'
import { type Known, procedures } from '../access/procedures.ts'
import type { Actor } from '../platform/actor.ts'
import { type Real, shaped, spoilt } from './arbitrary.ts'
import { watchRows } from './changes.ts'

/** `pnpm fuzz` asks for more, and may ask for the same again. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 8)
const SEED = Number(process.env.FUZZ_SEED ?? TEST_SEED)

const shop = await testShop()

/** A shop with one of everything that can be asked about. */
async function furnish(): Promise<{ real: Real; actors: Actor[] }> {
  const customer = await newCustomer(shop, 'fuzz@example.com')
  const guest = newGuest('fuzz')
  const { productId, variantIds } = await goods(shop, { variants: 2, onHand: 100_000 })
  const [one, two] = await Promise.all(
    [customer, guest].map((actor) =>
      buyer(
        shop,
        variantIds.map((variantId) => ({ variantId })),
        { actor },
      ),
    ),
  )
  const order = await one?.place()
  const { id: category } = await shop.system.category.create({ slug: 'fuzz', name: 'Fuzz' })
  const cart = two && (await two.caller.cart.get({ id: two.cartId }))
  const real = {
    product: [productId],
    variant: variantIds,
    category: [category],
    order: order === undefined ? [] : [order.id],
    cart: [cart?.id ?? ''],
    line: [cart?.lines[0]?.id ?? ''],
    user: customer.kind === 'customer' ? [customer.userId] : [],
  }
  const boss = await shop.system.user.create({ email: 'boss@example.com', role: 'admin' })
  const admin: Actor = {
    kind: 'staff',
    userId: boss.id,
    sessionId: 'fuzz',
    admin: true,
    assurance: 'recent',
    permissions: [],
  }
  return { real, actors: [{ kind: 'system', name: 'fuzz' }, admin, customer, guest, { kind: 'guest', guest: null }] }
}

const { real, actors } = await furnish()
const changed = await watchRows(shop)

/** What nobody outside has a use for. */
const LEAK =
  /node_modules|\.ts:\d|\bat [\w.]+ \(|SQLSTATE|\bselect .+ from\b|\binsert into\b|violates|ZodError|kysely|mikro/i

interface Outcome {
  readonly reason: string | undefined
  readonly text: string
}

async function call({ path }: Known, actor: Actor, input: unknown, idempotencyKey: string): Promise<Outcome> {
  try {
    await callByName(shop, { path, actor, input, idempotencyKey })
    return { reason: undefined, text: '' }
  } catch (error) {
    if (!(error instanceof TRPCError)) return { reason: String(error), text: String(error) }
    const { cause } = error
    const fault = cause !== undefined && 'reason' in cause && 'details' in cause ? cause : undefined
    return { reason: String(fault?.reason ?? error.code), text: JSON.stringify([error.message, fault?.details]) }
  }
}

let calls = 0
test.each(procedures)(
  `$path breaks under no input, and changes nothing when it refuses (seed ${SEED})`,
  async (procedure) => {
    const schema = procedure.meta.input ?? z.undefined()
    const inputs = fc.oneof(shaped(schema, real), spoilt(schema, real))
    await changed()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...actors), inputs, async (actor, input) => {
        calls += 1
        const { reason, text } = await call(procedure, actor, input, `fuzz-${SEED}-${calls}`)
        const rows = await changed()
        if (reason === undefined) return
        expect({ reason, rows }).toEqual({ reason: expect.stringMatching(/^(?!busy|internal)[a-z_]+$/), rows: {} })
        expect(text).not.toMatch(LEAK)
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    )
  },
  600_000,
)
