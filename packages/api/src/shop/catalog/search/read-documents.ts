import { sql } from 'kysely'
import type { Context } from '../../../platform/context.ts'
import type { Versioned } from '../../../platform/ports/search.ts'
import { tables } from '../tables.ts'
import { documentOf, type Source } from './document.ts'
import type { ProductFields } from './fields.ts'

/**
 * Reads the documents of products, for a transaction. Each product is locked, then its version is taken, then it is read:
 * of two versions the higher one was read later. What is not on sale is gone.
 */
export async function readDocuments(ctx: Context, productIds: readonly string[]): Promise<Versioned<ProductFields>[]> {
  const db = tables(ctx)
  await sql`select id from product where id = any(${productIds}::text[]) order by id for no key update`.execute(db)
  const versions = await sql<{ id: string; version: number }>`
    select id, nextval('search_version') as version from unnest(${productIds}::text[]) id`.execute(db)
  const { rows } = await sql<Source & { id: string }>`
    select product.id, product.title, product.description, product.vendor, product.type, product.tags,
      product.options, product.attributes, sold.codes, sold.available,
      (select json_agg(json_build_object('currency', currency, 'amount', min_amount) order by currency)
        from listed_price where product_id = product.id) as prices,
      coalesce((
        with recursive above as (
          select category.id, category.name, category.parent_id from product_category
          join category on category.id = product_category.category_id where product_category.product_id = product.id
          union select category.id, category.name, category.parent_id
          from above join category on category.id = above.parent_id
        ) select json_agg(json_build_object('id', id, 'name', name) order by id) from above
      ), '[]') as categories
    from product cross join lateral (
      select
        coalesce(array_agg(distinct variant.sku) filter (where variant.sku is not null), '{}')
          || coalesce(array_agg(distinct variant.barcode) filter (where variant.barcode is not null), '{}') as codes,
        coalesce(array_agg(distinct variant_price.currency) filter (
          where variant_price.currency is not null
            and (item.tracked is false or coalesce(item.on_hand - item.reserved, 0) > 0)), '{}') as available
      from variant
      left join variant_price on variant_price.variant_id = variant.id
      left join inventory_item item on item.variant_id = variant.id
      where variant.product_id = product.id and variant.status = 'active'
    ) sold
    where product.id = any(${productIds}::text[]) and product.status = 'active'
      and exists (select from listed_price where product_id = product.id)`.execute(db)
  const sources = new Map(rows.map((row) => [row.id, row]))
  return versions.rows.map(({ id, version }) => {
    const source = sources.get(id)
    return { id, version, document: source === undefined ? null : documentOf(source) }
  })
}
