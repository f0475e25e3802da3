import type { Context } from './platform/context.ts'
import { type Breach, breaches, type Invariant } from './platform/invariant.ts'
import { outboxInvariants } from './platform/outbox-invariants.ts'
import { noteEnd } from './platform/schedule.ts'
import { inventoryInvariants } from './shop/inventory/index.ts'
import { orderInvariants } from './shop/order/index.ts'
import { paymentInvariants } from './shop/payment/index.ts'

export type { Breach, Invariant } from './platform/invariant.ts'

/** What is true of every shop's books. I1 and I2 are the stock, I3 to I8 what happens once, I9 to I12 sums and states. */
export const invariants: readonly Invariant[] = [
  ...inventoryInvariants,
  ...orderInvariants,
  ...paymentInvariants,
  ...outboxInvariants,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))

/** Which invariants can be asked of a shop: all of one at rest, and of a busy one those that hold at any moment. */
export const invariantsOf = ({ atRest }: { atRest: boolean }): readonly Invariant[] =>
  invariants.filter((invariant) => atRest || invariant.when === 'always')

/**
 * Proves a shop's books from its database, in one snapshot, while it goes on selling. Answers what breaks them; nothing
 * is the proof. `atRest` asks what is true only of a shop where nothing is under way.
 */
export const prove = (ctx: Context, options: { atRest: boolean }): Promise<Breach[]> =>
  breaches(ctx, invariantsOf(options))

/** Proves the books of a shop that is open, and says in the log what is wrong: the number in `breaches` is for alarms. */
export async function proveAndTell(ctx: Context): Promise<void> {
  const began = performance.now()
  const found = await prove(ctx, { atRest: false })
  await noteEnd(ctx, 'prove', found.length)
  const line = { metric: 'barrow_prove', breaches: found.length, ms: Math.round(performance.now() - began) }
  if (found.length === 0) ctx.log.info(line, 'the books are proven')
  else ctx.log.error({ ...line, broken: found }, 'the books are wrong: run `barrow prove`')
}
