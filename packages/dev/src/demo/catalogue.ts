import { define } from './define.ts'
import { clothing } from './goods/clothing.ts'
import { gardening } from './goods/gardening.ts'
import { kitchen } from './goods/kitchen.ts'
import { nightsOut } from './goods/nights-out.ts'
import { packs } from './goods/packs.ts'
import { rooms } from './goods/rooms.ts'
import type { DemoProduct } from './types.ts'

export { categories } from './categories.ts'
export type { DemoCategory, DemoPrice, DemoProduct, DemoVariant } from './types.ts'

/** The goods of the demo shop, in the order in which a shopper would meet them. */
export const products: readonly DemoProduct[] = [
  ...kitchen,
  ...rooms,
  ...nightsOut,
  ...packs,
  ...clothing,
  ...gardening,
].map(define)
