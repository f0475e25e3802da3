import { expect, test } from 'vitest'
import type { Offers } from './offers.ts'

/** What staff change is found, and what they take away is not. */
export function followsChanges({ search, found, staff, offer, idOf, categoryId, catchUp }: Offers): void {
  test('a draft, and what has no price, is not found; on sale it is, and archived no more', async () => {
    const { id } = await staff.product.create({ slug: 'hidden-gem', title: 'Hidden Gem' })
    await catchUp()
    expect(await found('gem')).toEqual([])
    const { variants } = await staff.variant.create({
      productId: id,
      variants: [{ prices: [{ currency: 'EUR', amount: 100 }] }],
    })
    await staff.product.setStatus({ id, status: 'active' })
    await catchUp()
    expect(await found('gem')).toEqual(['Hidden Gem'])
    const variantId = variants[0]?.id
    if (variantId === undefined) throw new Error('a variant was made')
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: null }] })
    await catchUp()
    expect((await search({ q: 'gem' })).total.count).toBe(0)
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 100 }] })
    await catchUp()
    expect(await found('gem')).toEqual(['Hidden Gem'])
    await staff.product.setStatus({ id, status: 'archived' })
    // Hidden at once, whatever the index still says.
    expect(await found('gem')).toEqual([])
    await catchUp()
    expect((await search({ q: 'gem' })).total.count).toBe(0)
  })

  test('new words, prices and stock are found, old ones no more', async () => {
    await offer({ title: 'Teapot', eur: 3_000, stock: 0, category: 'chairs' })
    const { productId, variantId } = idOf('Teapot')
    await catchUp()
    expect(await found('teapot', { available: true })).toEqual([])
    await staff.inventory.setLevels({ levels: [{ variantId, onHand: 1 }] })
    await staff.variant.setPrices({ prices: [{ variantId, currency: 'EUR', amount: 3_500 }] })
    await staff.product.update({ id: productId, title: 'Kettle' })
    await catchUp()
    expect(await found('kettle', { available: true, price: { min: 3_500, max: 3_500 } })).toEqual(['Kettle'])
    expect(await found('teapot')).toEqual([])
    await staff.category.update({ id: categoryId('chairs'), name: 'Sitting' })
    await catchUp()
    expect(await found('sitting')).toContain('Kettle')
    await staff.category.update({ id: categoryId('chairs'), name: 'Seating' })
    await staff.product.delete({ id: productId })
    expect(await found('kettle')).toEqual([])
    await catchUp()
    expect((await search({ q: 'kettle' })).total.count).toBe(0)
  })
}
