import type { Call } from './server.ts'

/** Whether a variant of a product can be bought now. */
export const available = (productId: string, currency: string) => `exists (
  select from variant
  join inventory_item item on item.variant_id = variant.id and (item.tracked is false or item.on_hand > item.reserved)
  join variant_price price on price.variant_id = variant.id and price.currency = ${currency}
  where variant.product_id = ${productId} and variant.status = 'active')`

const listPage = {
  name: 'list',
  text: `
    select page.id, product.slug, product.title, product.vendor, product.type, product.images->0 as image,
      page.min_amount as amount, page.max_amount as "maxAmount", page.compare_at_amount as "compareAtAmount",
      page.variant_count as "variantCount", ${available('page.id', '$2')} as available
    from (
      select listed_price.product_id as id, min_amount, max_amount, compare_at_amount, variant_count
      from product_category
      join listed_price on listed_price.product_id = product_category.product_id and listed_price.currency = $2
      where category_id = (select id from category where slug = $1)
      order by product_category.product_id desc limit $3
    ) page
    join product on product.id = page.id
    order by page.id desc`,
}

export interface Card {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly vendor: string | null
  readonly type: string | null
  readonly image: { readonly url: string; readonly alt: string } | null
  readonly amount: number
  readonly maxAmount: number
  readonly compareAtAmount: number | null
  readonly available: boolean
  readonly variantCount: number
}

/** The newest products of one category. */
export async function list({ pool, input }: Call): Promise<string> {
  const { category, currency, limit } = input as { category: { slug: string }; currency: string; limit: number }
  const { rows } = await pool.query<Card>({ ...listPage, values: [category.slug, currency, limit + 1] })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  const next = more ? Buffer.from(JSON.stringify([`product:newest:${currency}`, last.id])).toString('base64url') : null
  return JSON.stringify({ json: { rows: shown.map((card) => cardOf(card, currency)), next, count: null } })
}

export const cardOf = (
  { image, amount, maxAmount, compareAtAmount, available, variantCount, ...card }: Card,
  currency: string,
) => ({
  ...card,
  image: image && { url: image.url, alt: image.alt },
  price: { currency, amount, compareAtAmount, maxAmount },
  available,
  variantCount,
})

const bySlug = {
  name: 'get',
  text: `
    select product.id, slug, product.title, description, vendor, type, tags, product.options, images, attributes,
      seo_title, seo_description, listed.min_amount, listed.max_amount,
      (select coalesce(json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name) order by c.id), '[]')
       from product_category join category c on c.id = category_id where product_id = product.id) as categories,
      (select coalesce(json_agg(json_build_object(
          'id', v.id, 'sku', v.sku, 'title', v.title, 'options', v.options, 'amount', price.amount,
          'compareAt', price.compare_at_amount, 'weightGrams', v.weight_grams, 'requiresShipping', v.requires_shipping,
          'imageUrl', v.image_url, 'tracked', coalesce(item.tracked, true),
          'units', coalesce(item.on_hand - item.reserved, 0)) order by v.position, v.id), '[]')
       from variant v
       left join variant_price price on price.variant_id = v.id and price.currency = $2
       left join inventory_item item on item.variant_id = v.id
       where v.product_id = product.id and v.status = 'active') as variants
    from product
    left join listed_price listed on listed.product_id = product.id and listed.currency = $2
    where slug = $1 and status = 'active'`,
}

interface Variant {
  readonly id: string
  readonly sku: string | null
  readonly title: string
  readonly options: readonly { readonly name: string; readonly value: string }[]
  readonly amount: number | null
  readonly compareAt: number | null
  readonly weightGrams: number
  readonly requiresShipping: boolean
  readonly imageUrl: string | null
  readonly tracked: boolean
  readonly units: number
}

/** A product by its slug, with its variants; up to 100 of them, as the seed has fewer. */
export async function get({ pool, input }: Call): Promise<string> {
  const { slug, currency } = input as { slug: string; currency: string }
  const { rows } = await pool.query({ ...bySlug, values: [slug, currency] })
  const [row] = rows
  const { id, title, description, vendor, type, tags, options, attributes, categories, min_amount: amount } = row
  const images: { url: string; alt: string }[] = row.images
  const shown = (row.variants as Variant[]).map((variant) => variantOf(variant, currency))
  return JSON.stringify({
    json: {
      ...{ id, slug, title, description, vendor, type, tags, options },
      images: images.map(({ url, alt }) => ({ url, alt })),
      attributes,
      seo: { title: row.seo_title, description: row.seo_description },
      categories,
      price: amount === null ? null : { currency, amount, maxAmount: row.max_amount },
      available: shown.some((variant) => variant.available),
      variants: { rows: shown, next: null },
    },
  })
}

function variantOf(variant: Variant, currency: string) {
  const { id, sku, title, options, amount, compareAt, weightGrams, requiresShipping, imageUrl, tracked, units } =
    variant
  return {
    ...{ id, sku, title },
    options: options.map(({ name, value }) => ({ name, value })),
    price: amount === null ? null : { currency, amount, compareAtAmount: compareAt },
    available: amount !== null && (!tracked || units > 0),
    left: tracked && units <= 10 ? units : null,
    ...{ weightGrams, requiresShipping, imageUrl },
  }
}
