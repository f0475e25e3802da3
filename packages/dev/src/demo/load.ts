import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Actor, createCaller, type Runtime } from '@barrow/api/runtime'
import { type DemoAccounts, demoAccounts, isLoaded } from './accounts.ts'
import { categories, type DemoProduct, products } from './catalogue.ts'
import { renderProductImage } from './images.ts'
import { shippingMethods, taxRates } from './rates.ts'

export type { DemoAccounts } from './accounts.ts'

export interface LoadOptions {
  /** Where this checkout keeps the logins it made: they are random, and nowhere else in the clear. */
  readonly accountsFile: string
  readonly onProgress?: (line: string) => void
}

const actor: Actor = { kind: 'system', name: 'demo' }
type Caller = ReturnType<typeof createCaller>

/**
 * Fills a shop with the demo catalogue, once: what was changed afterwards stays as it is. Broken off in the middle, it is
 * finished by the next call. Images are written to the media folder every time. For development only.
 */
export async function loadDemo(runtime: Runtime, { accountsFile, onProgress }: LoadOptions): Promise<DemoAccounts> {
  if (runtime.config.environment === 'production') throw new Error('The demo shop is not for production.')
  const caller = createCaller(runtime, actor)
  await writeImages(runtime.config.http.mediaDir)
  // The accounts come last, so that having them says that everything before is there.
  if (!(await isLoaded(caller))) {
    await loadRates(caller)
    const categoryIds = await loadCategories(caller)
    for (const [index, product] of products.entries()) {
      await loadProduct(caller, product, categoryIds)
      onProgress?.(`${index + 1} of ${products.length} products`)
    }
  }
  return demoAccounts(runtime, caller, accountsFile)
}

const imagePath = (product: DemoProduct): string => `demo/${product.slug}.svg`

async function writeImages(mediaDir: string): Promise<void> {
  if (mediaDir === '') throw new Error('The demo shop needs MEDIA_DIR, the folder its images are served from.')
  await mkdir(join(mediaDir, 'demo'), { recursive: true })
  await Promise.all(
    products.map((product) => writeFile(join(mediaDir, imagePath(product)), renderProductImage(product))),
  )
}

async function loadRates(caller: Caller): Promise<void> {
  const methods = new Set((await caller.shippingMethod.list({ limit: 100 })).rows.map((method) => method.name))
  for (const [position, { name, description, EUR, USD }] of shippingMethods.entries()) {
    if (methods.has(name)) continue
    const prices = [
      { currency: 'EUR', amount: EUR },
      { currency: 'USD', amount: USD },
    ]
    await caller.shippingMethod.create({ name, description, position, prices })
  }
  const taxed = new Set((await caller.taxRate.list({ limit: 100 })).rows.map((rate) => rate.countryCode))
  for (const rate of taxRates) if (!taxed.has(rate.countryCode)) await caller.taxRate.create(rate)
}

type CategoryIds = Map<string, Awaited<ReturnType<Caller['category']['create']>>['id']>

async function loadCategories(caller: Caller): Promise<CategoryIds> {
  const ids: CategoryIds = new Map()
  const present = await caller.category.list({ limit: 100 })
  for (const { slug, id } of present.rows) ids.set(slug, id)
  for (const [position, { slug, name, parent }] of categories.entries()) {
    if (ids.has(slug)) continue
    const parentId = parent === null ? null : (ids.get(parent) ?? null)
    ids.set(slug, (await caller.category.create({ slug, name, parentId, position })).id)
  }
  return ids
}

/** It goes on sale last, when its variants, prices and stock are in. */
async function loadProduct(caller: Caller, product: DemoProduct, categoryIds: CategoryIds): Promise<void> {
  const { slug, title, description, attributes, options, status } = product
  const known = await find(caller, slug)
  const categoryId = categoryIds.get(product.category)
  const { id } =
    known ??
    (await caller.product.create({
      slug,
      title,
      description,
      attributes,
      options,
      images: [{ url: `/media/${imagePath(product)}`, alt: product.image.alt }],
      categoryIds: categoryId === undefined ? [] : [categoryId],
    }))
  const variants = known?.variants.rows.length ? known.variants.rows : await createVariants(caller, id, product)
  const wanted = new Map(product.variants.map((variant) => [variant.sku, variant]))
  await caller.inventory.setLevels({
    levels: variants.flatMap((variant) => {
      const level = wanted.get(variant.sku ?? '')
      return level === undefined ? [] : { variantId: variant.id, onHand: level.quantity, tracked: level.tracked }
    }),
  })
  if ((known?.status ?? 'draft') !== status) await caller.product.setStatus({ id, status })
}

async function find(caller: Caller, slug: string) {
  try {
    return await caller.product.getAny({ slug })
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof Error && 'reason' in cause && cause.reason === 'product_not_found') return undefined
    throw error
  }
}

type Variants = Awaited<ReturnType<Caller['variant']['create']>>['variants']

/** All of a product's variants are one batch: they are there or not. */
async function createVariants(caller: Caller, productId: Variants[number]['productId'], product: DemoProduct) {
  const { variants } = await caller.variant.create({
    productId,
    variants: product.variants.map(({ sku, optionValues, price, compareAtPrice, weightGrams }) => ({
      sku,
      optionValues,
      weightGrams,
      prices: (['EUR', 'USD'] as const).map((currency) => ({
        currency,
        amount: price[currency],
        compareAtAmount: compareAtPrice?.[currency] ?? null,
      })),
    })),
  })
  return variants
}
