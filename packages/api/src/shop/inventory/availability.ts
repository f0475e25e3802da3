import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import type { VariantId } from '../product/index.ts'
import { AvailabilityChanged } from './events.ts'
import { db, type Item } from './items.ts'

/** What a change makes of an item that is locked. */
export interface Flip {
  readonly before: Item
  readonly after: Pick<Item, 'tracked' | 'onHand' | 'reserved'>
}

const sellable = ({ tracked, onHand, reserved }: Flip['after']): boolean => !tracked || onHand - reserved > 0

/** Tells which variants have come into stock by these changes, and which are sold out by them; most changes do neither. */
export async function tellFlips(ctx: Context, changes: readonly Flip[]): Promise<void> {
  const flips = changes.filter(({ before, after }) => sellable(before) !== sellable(after))
  if (flips.length === 0) return
  const now = new Map(flips.map(({ before, after }) => [before.variantId, sellable(after)]))
  const owners = await db(ctx)
    .selectFrom('variant')
    .select(['id', 'product_id as productId'])
    .where('id', 'in', [...now.keys()])
    // Events of a product are counted under a lock: in one order for all.
    .orderBy('product_id')
    .orderBy('id')
    .execute()
  for (const productId of new Set(owners.map((owner) => owner.productId))) {
    const own = owners.filter((owner) => owner.productId === productId).map((owner) => owner.id)
    for (const available of [true, false]) {
      const variantIds = own.filter((id: VariantId) => now.get(id) === available)
      if (variantIds.length > 0)
        await publish(ctx, AvailabilityChanged, productId, { productId, variantIds, available })
    }
  }
}
