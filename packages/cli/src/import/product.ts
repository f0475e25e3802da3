import { isDeepStrictEqual } from 'node:util'
import { refusalOf } from '../failure.ts'
import type { Caller } from '../shop.ts'
import type { ParsedContinuation, ParsedProduct, ProductStatus } from '../shopify/product.ts'
import { refusalOfInput } from './batches.ts'
import { keptUrl } from './image-url.ts'
import type { Importing, Product } from './importing.ts'
import type { Outcome } from './report.ts'
import { importVariants } from './variants.ts'

const MAX_IMAGES = 250

type Rows = ParsedProduct | ParsedContinuation

/**
 * Brings one product of the shop to what the file says of it, and removes nothing. It goes on sale last, when everything
 * else is in: an import that is broken off leaves drafts, and the next one finishes them.
 */
export async function importProduct(importing: Importing, rows: Rows): Promise<void> {
  const { handle, lines, variants } = rows
  const { report } = importing
  try {
    report.product(handle, await takeIn(importing, rows))
  } catch (error) {
    report.product(handle, 'failed')
    report.variants.failed += variants.length
    report.refused(lines, handle, refusalOfInput(error))
  }
}

async function takeIn(importing: Importing, rows: Rows): Promise<Outcome> {
  const product = await find(importing.caller, rows.handle)
  if (product !== undefined) {
    const edited = await update(importing, product, rows)
    const { changed } = await importVariants(importing, product, rows)
    const moved = 'status' in rows && (await move(importing.caller, product, rows.status))
    return edited || changed || moved ? 'updated' : 'unchanged'
  }
  if (!('title' in rows)) {
    importing.report.problem(rows.lines, rows.handle, 'the product that these rows add to was not taken')
    importing.report.variants.failed += rows.variants.length
    return 'failed'
  }
  const created = await create(importing, rows)
  const { present } = await importVariants(importing, created, rows)
  if (present === 0) {
    await importing.caller.product.delete({ id: created.id })
    return 'failed'
  }
  await move(importing.caller, created, rows.status)
  return 'created'
}

async function find(caller: Caller, slug: string): Promise<Product | undefined> {
  try {
    return await caller.product.getAny({ slug })
  } catch (error) {
    if (refusalOf(error)?.reason === 'product_not_found') return undefined
    throw error
  }
}

async function create(importing: Importing, rows: ParsedProduct): Promise<Product> {
  const { categoryId } = importing
  const product = await importing.caller.product.create({
    slug: rows.handle,
    ...detailsOf(rows),
    options: rows.options,
    images: imagesOf(importing, rows),
    categoryIds: categoryId === null ? [] : [categoryId],
  })
  return { ...product, variants: { rows: [], next: null } }
}

async function update(importing: Importing, product: Product, rows: Rows): Promise<boolean> {
  const { categoryId } = importing
  const wanted: Partial<Product> = {
    ...('title' in rows && detailsOf(rows)),
    options: mergeOptions(product.options, rows.options),
    images: mergeImages(product.images, imagesOf(importing, rows), 'title' in rows),
    ...(categoryId !== null &&
      !product.categoryIds.includes(categoryId) && { categoryIds: [...product.categoryIds, categoryId] }),
  }
  if (isDeepStrictEqual({ ...product, ...wanted }, product)) return false
  await importing.caller.product.update({ id: product.id, ...wanted })
  return true
}

/** The file's names; values in the order the shop has them, new ones last. */
function mergeOptions(present: Product['options'], given: Product['options']): Product['options'] {
  if (present.length !== given.length) return given
  return given.map(({ name, values }, index) => ({
    name,
    values: [...new Set([...(present[index]?.values ?? []), ...values])],
  }))
}

/** A product's own rows put their images first; rows that add to a product known already put theirs last. */
function mergeImages(present: Product['images'], given: Product['images'], first: boolean): Product['images'] {
  const without = (images: Product['images'], others: Product['images']) =>
    images.filter(({ url }) => !others.some((other) => other.url === url))
  return first ? [...given, ...without(present, given)] : [...present, ...without(given, present)]
}

function imagesOf({ publicUrl, report }: Importing, { images, handle, lines }: Rows): Product['images'] {
  const kept = new Map<string, { url: string; alt: string }>()
  for (const { url, alt } of images) {
    const address = keptUrl(url, publicUrl)
    if (address === null) report.problem(lines, handle, `the address of an image cannot be kept (${url})`)
    else if (!kept.has(address)) kept.set(address, { url: address, alt })
  }
  if (kept.size > MAX_IMAGES) report.problem(lines, handle, `of ${kept.size} images the first 250 were taken`)
  return [...kept.values()].slice(0, MAX_IMAGES)
}

const detailsOf = ({ title, description, vendor, type, tags, seoTitle, seoDescription }: ParsedProduct) => ({
  title,
  description,
  vendor: vendor || null,
  type: type || null,
  tags,
  seo: { title: seoTitle || null, description: seoDescription || null },
})

async function move(caller: Caller, product: Product, to: ProductStatus): Promise<boolean> {
  if (product.status === to) return false
  // What was archived comes back as a draft first.
  if (product.status === 'archived' && to === 'active')
    await caller.product.setStatus({ id: product.id, status: 'draft' })
  await caller.product.setStatus({ id: product.id, status: to })
  return true
}
