import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { flush, given } from '../../platform/flush.ts'
import { publish } from '../../platform/outbox.ts'
import { type OptionValue, type Product, type ProductId, Variant, type VariantId, VariantPrice } from './entity.ts'
import { optionValuesTaken, skuTaken, tooManyVariants, variantInUse, variantNotFound } from './errors.ts'
import { VariantChanged } from './events.ts'
import { refreshListedPrices } from './listed-prices.ts'
import { flushRemoval, lockProduct } from './lock.ts'
import { choose, optionKeyOf, titleOf, withValues } from './options.ts'
import { tables } from './tables.ts'
import { variantsById } from './variant-queries.ts'
import {
  type CreateVariants,
  MAX_VARIANTS,
  type UpdateVariant,
  type VariantRef,
  type VariantsView,
  type VariantView,
} from './variant-schema.ts'

/** Adds up to 250 variants with their prices. Option values the product does not have yet are added to its options. */
export async function createVariants(ctx: Context, input: CreateVariants): Promise<VariantsView> {
  const product = await lockProduct(ctx, input.productId)
  const present = await tables(ctx)
    .selectFrom('variant')
    .select(['id', 'option_key as optionKey', 'position'])
    .where('product_id', '=', product.id)
    .execute()
  if (present.length + input.variants.length > MAX_VARIANTS) throw tooManyVariants({ max: MAX_VARIANTS })

  const choices = input.variants.map((variant) => choose(product.options, variant.optionValues))
  checkChoices(choices, new Map(present.map((variant) => [variant.optionKey, variant.id])))
  await checkSkus(ctx, skusOf(input.variants), null)

  const last = present.reduce((highest, variant) => Math.max(highest, variant.position), -1)
  const created = input.variants.map(({ optionValues, prices, ...fields }, index) => {
    const options = choices[index] ?? []
    const variant = ctx.em.create(Variant, {
      ...fields,
      ...described(options),
      productId: product.id,
      status: 'active',
      position: fields.position ?? last + 1 + index,
    })
    for (const price of prices) ctx.em.create(VariantPrice, { variantId: variant.id, ...price })
    return variant.id
  })
  product.options = withValues(product.options, choices)
  await flushVariants(ctx, skusOf(input.variants))
  await refreshListedPrices(ctx, [product.id])
  const rows = await variantsById(ctx, created)
  await changed(ctx, product.id, created, 'created', null, rows.map(audited))
  return { variants: rows }
}

export async function updateVariant(
  ctx: Context,
  { id, optionValues, ...fields }: UpdateVariant,
): Promise<VariantView> {
  const { product, variant } = await lockVariant(ctx, id)
  const before = audited(variant)
  if (fields.sku != null && fields.sku !== variant.sku) await checkSkus(ctx, [fields.sku], id)
  if (optionValues !== undefined) await rechoose(ctx, product, variant, optionValues)
  ctx.em.assign(variant, given(fields))
  await flushVariants(ctx, skusOf([fields]))
  await refreshListedPrices(ctx, [product.id])
  await changed(ctx, product.id, [id], 'updated', [before], [audited(variant)])
  return one(ctx, id)
}

/** Deletes a variant; carts lose their lines of it. One that was ordered can only be archived. */
export async function removeVariant(ctx: Context, { id }: VariantRef): Promise<VariantRef> {
  const { product, variant } = await lockVariant(ctx, id)
  const before = audited(variant)
  ctx.em.remove(variant)
  await flushRemoval(ctx, variantInUse)
  await refreshListedPrices(ctx, [product.id])
  await changed(ctx, product.id, [id], 'deleted', [before], null)
  return { id }
}

/** Locks the product first: that is the order in which every writer takes the two. */
async function lockVariant(ctx: Context, id: VariantId): Promise<{ product: Product; variant: Variant }> {
  const found = await tables(ctx).selectFrom('variant').select('product_id').where('id', '=', id).executeTakeFirst()
  if (found === undefined) throw variantNotFound()
  const product = await lockProduct(ctx, found.product_id)
  const variant = await ctx.em.findOne(Variant, { id })
  if (variant === null) throw variantNotFound()
  return { product, variant }
}

async function rechoose(ctx: Context, product: Product, variant: Variant, values: readonly string[]): Promise<void> {
  const options = choose(product.options, values)
  const twin = await tables(ctx)
    .selectFrom('variant')
    .select('id')
    .where('product_id', '=', product.id)
    .where('option_key', '=', optionKeyOf(values))
    .where('id', '<>', variant.id)
    .executeTakeFirst()
  if (twin !== undefined) throw optionValuesTaken({ optionValues: [...values], variantId: twin.id })
  product.options = withValues(product.options, [options])
  ctx.em.assign(variant, described(options))
}

const described = (options: OptionValue[]) => ({
  options,
  title: titleOf(options),
  optionKey: optionKeyOf(options.map((option) => option.value)),
})

/** Refuses a combination that the product has already, or that the call itself names twice. */
function checkChoices(choices: readonly OptionValue[][], taken: Map<string, VariantId | null>): void {
  for (const choice of choices) {
    const optionValues = choice.map((option) => option.value)
    const key = optionKeyOf(optionValues)
    const variantId = taken.get(key)
    if (variantId !== undefined) throw optionValuesTaken({ optionValues, variantId })
    taken.set(key, null)
  }
}

async function checkSkus(ctx: Context, skus: readonly string[], own: VariantId | null): Promise<void> {
  if (skus.length === 0) return
  const holders = await tables(ctx).selectFrom('variant').select(['id', 'sku']).where('sku', 'in', skus).execute()
  const taken = holders.flatMap((variant) => (variant.id === own || variant.sku === null ? [] : [variant.sku]))
  const twice = skus.filter((sku, index) => skus.indexOf(sku) !== index)
  if (taken.length + twice.length > 0) throw skuTaken({ skus: [...new Set([...taken, ...twice])] })
}

const skusOf = (variants: readonly { sku?: string | null | undefined }[]): string[] =>
  variants.flatMap((variant) => variant.sku ?? [])

/** The checks above name what is wrong; these constraints decide when two calls race. */
const flushVariants = (ctx: Context, skus: string[]) =>
  flush(ctx, {
    variant_sku_unique: () => skuTaken({ skus }),
    variant_options_unique: () => optionValuesTaken({ optionValues: [], variantId: null }),
  })

async function changed(
  ctx: Context,
  productId: ProductId,
  variantIds: VariantId[],
  change: 'created' | 'updated' | 'deleted',
  before: object[] | null,
  after: object[] | null,
): Promise<void> {
  audit(ctx, { subject: productId, before, after })
  await publish(ctx, VariantChanged, productId, { productId, variantIds, change })
}

const audited = ({ id, sku = null, status, weightGrams, position }: Variant | VariantView) => ({
  id,
  sku,
  status,
  weightGrams,
  position,
})

async function one(ctx: Context, id: VariantId): Promise<VariantView> {
  const [variant] = await variantsById(ctx, [id])
  if (variant === undefined) throw variantNotFound()
  return variant
}
