import type { Caller } from '../shop.ts'

export type Product = Awaited<ReturnType<Caller['product']['getAny']>>
export type Variant = Product['variants']['rows'][number]

/** Every product of the shop, oldest first. */
export async function* readProducts(caller: Caller): AsyncGenerator<Product> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await caller.product.listAll({ sort: 'oldest', limit: 100, ...(cursor !== undefined && { cursor }) })
    for (const { id } of page.rows) yield await caller.product.getAny({ id })
    cursor = page.next
  }
}

/** The variants of a product that are not archived, up to 100 at a time. */
export async function* readVariants(caller: Caller, product: Product): AsyncGenerator<Variant[]> {
  let page = product.variants
  while (true) {
    yield page.rows.filter((variant) => variant.status === 'active')
    if (page.next === null) return
    page = await caller.variant.list({ productId: product.id, limit: 100, cursor: page.next })
  }
}
