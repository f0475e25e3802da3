/** The English words of a text and its words as they are, by the weight of where they stand. */
const weighted = (text: string, weight: string) =>
  ['english', 'simple'].map((by) => `setweight(to_tsvector('${by}', ${text}), '${weight}')`).join(' || ')

/**
 * The documents that the search would make of the seeded products, in one go: a test says that they are the same. Slot 0 is
 * where the first index of a shop is.
 */
export const documents = [
  `create temporary table worded on commit drop as
   select product.id, lower(product.title) as title, lower(vendor || ' ' || type || ' bench s m l') as labels,
     lower(category.name || ' ' || (attributes ->> 'weight') || ' ' || (attributes ->> 'material') || ' ' ||
       replace(sold.skus, '-', ' ')) as details,
     'made to be used every day and easy to repair number ' || n || ' of its kind' as description, sold.codes,
     category.id as category, attributes, listed_price.min_amount as amount
   from product
   cross join lateral (select substr(product.slug, 9)::int as n) numbered
   join product_category on product_id = product.id join category on category.id = category_id
   join listed_price on listed_price.product_id = product.id
   cross join lateral (
     select format('SKU-%1$s-0 SKU-%1$s-1 SKU-%1$s-2', n) as skus,
       array[format('=sku-%s-0', n), format('=sku-%s-1', n), format('=sku-%s-2', n)] as codes
   ) sold`,
  `insert into search_document (slot, id, version, words, keywords, order_name)
   select 0, id, nextval('search_version'),
     array_to_tsvector(codes) || ${weighted('title', 'A')} || ${weighted('labels', 'B')} || ${weighted('details', 'C')}
       || ${weighted('description', 'D')},
     array['category:' || category, 'attribute:["weight",' || (attributes -> 'weight')::text || ']',
       'attribute:["material",' || (attributes -> 'material')::text || ']', 'currency:EUR', 'available:EUR'],
     title
   from worded order by id`,
  `insert into search_amount (slot, id, field, currency, amount) select 0, id, 'price', 'EUR', amount from worded`,
  `insert into search_word (slot, word)
   select distinct 0, word from worded cross join lateral
     unnest(tsvector_to_array(to_tsvector('simple', concat_ws(' ', title, labels, details, description)))) word`,
]
