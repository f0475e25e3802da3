import type { Context } from '../../../platform/context.ts'
import type { Event } from '../../../platform/outbox.ts'
import { CategoryChanged } from '../../category/index.ts'
import { AvailabilityChanged } from '../../inventory/index.ts'
import { ProductChanged, VariantChanged } from '../../product/index.ts'
import { markAll } from './marks.ts'

/** Whatever changes what is found of a product. */
export const searchEvents = [ProductChanged, VariantChanged, AvailabilityChanged, CategoryChanged] as const

type Noted = (typeof searchEvents)[number]

/** Notes what an event changes in the search. Which products it is, and what has become of them, is read later, and once. */
export async function noteForSearch(ctx: Context, event: { [C in Noted as C['name']]: Event<C> }[Noted['name']]) {
  if (event.name !== 'category.changed') return markAll(ctx, [event.payload.productId])
  const below: { id: string }[] = await ctx.em.execute(
    `with recursive below as (
       select id from category where id = ?
       union select category.id from category join below on below.id = category.parent_id
     ) select id from below`,
    [event.payload.categoryId],
  )
  const ids = below.map((row) => row.id)
  if (ids.length > 0) await markAll(ctx, ids)
}
