import type { Barrow } from '@barrow/sdk'
import { clientOf, note, type Shop } from './buyer.ts'
import type { Chance } from './chance.ts'

/** Somebody of the staff does one thing: changes a price, counts, hands money back, cancels, or sends a parcel. */
export async function workOnce(shop: Shop, chance: Chance): Promise<void> {
  const staff = clientOf(shop.url, { credentials: { session: shop.goods.key } })
  const variantId = chance.pick([...shop.goods.variantIds])
  const task = chance.pick(['price', 'stock', 'stock', 'refund', 'refund', 'cancel', 'fulfil'])
  try {
    if (task === 'price') {
      const amount = chance.between(500, 5_000)
      await staff.variant.setPrices.mutate({ prices: [{ variantId, currency: 'EUR', amount }] })
    } else if (task === 'stock') {
      const more = chance.happens(0.8)
      await staff.inventory.adjust.mutate(
        more
          ? { variantId, delta: chance.between(5, 30), reason: 'received' }
          : { variantId, delta: -chance.between(1, 3), reason: 'written_off' },
      )
    } else await withOrder(staff, task, chance)
  } catch (error) {
    note(shop, error)
  }
}

async function withOrder(staff: Barrow, task: 'refund' | 'cancel' | 'fulfil', chance: Chance): Promise<void> {
  const status = task === 'refund' && chance.happens(0.5) ? 'fulfilled' : 'confirmed'
  const { rows } = await staff.order.listAll.query({ status, limit: 20 })
  const [first, ...others] = rows
  if (first === undefined) return
  const { id: orderId } = chance.pick([first, ...others])
  if (task === 'cancel') await staff.order.cancel.mutate({ orderId })
  if (task === 'fulfil') await staff.order.fulfil.mutate({ orderId })
  if (task !== 'refund') return
  const { lines, total } = await staff.order.get.query({ orderId })
  const [line] = lines
  const restock = line === undefined || chance.happens(0.5) ? [] : [{ lineId: line.id, quantity: 1 }]
  await staff.order.refund.mutate(
    chance.happens(0.5) ? { orderId, restock } : { orderId, restock, amount: chance.between(1, Math.min(500, total)) },
  )
}
