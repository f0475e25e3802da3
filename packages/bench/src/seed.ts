import { createHash } from 'node:crypto'
import { rebuild } from '@barrow/api/catalog'
import { createRuntime, readConfig } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import pg from 'pg'
import { documents } from './seed-search.ts'

/** How much is in a shop that is measured. */
export interface Size {
  readonly products: number
  /** Each with a session and one order. */
  readonly customers: number
}

export const CATEGORIES = 100
const PASSWORD = 'a long password that nobody guesses'

/** Names of what was seeded, computed and not stored: row `n` of a kind, from 0. */
export const seeded = {
  categorySlug: (n: number) => `category-${n}`,
  productSlug: (n: number) => `product-${n}`,
  variantId: (n: number, of = 0) => id('variant', n * 3 + of),
  shippingMethodId: id('shipping', 0),
  email: (n: number) => `customer-${n}@example.com`,
  password: PASSWORD,
  session: (n: number) => `bs_${createHash('sha256').update(`session ${n}`).digest('base64url')}`,
  orderId: (n: number) => id('order', n),
  /** What a product is called, in lower case. */
  wordsOf: (n: number) => ({
    matter: nth(words.matter, n / 7),
    thing: nth(words.thing, n / 3),
    series: syllables.map((list, place) => nth(list, n / (PRODUCTS_OF_A_SERIES * 20 ** place))).join(''),
  }),
} as const

/** Ids made before everybody else's, with the row's number in them. */
function id(kind: string, n: number): string {
  return `${kind}_0${String(n).padStart(25, '0')}`
}

const sqlId = (kind: string, n: string) => `'${kind}_0' || lpad((${n})::text, 25, '0')`

const words = {
  quality: ['Sturdy', 'Light', 'Quiet', 'Warm', 'Plain', 'Bright', 'Slim', 'Wide', 'Soft', 'Deep', 'Fine', 'Bold'],
  matter: ['Oak', 'Linen', 'Steel', 'Wool', 'Glass', 'Cotton', 'Copper', 'Leather', 'Stone', 'Paper', 'Cork', 'Silk'],
  thing: ['Lamp', 'Chair', 'Kettle', 'Blanket', 'Shelf', 'Mug', 'Basket', 'Mirror', 'Clock', 'Bench', 'Vase', 'Rug'],
} as const

/** Products with numbers next to each other are of one series, of which there are more the more products there are. */
const PRODUCTS_OF_A_SERIES = 240
const syllables = [
  'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu',
  'ran ten lin don mur sal vel rin tor gus kan men fil bor dun las per nim rol sud',
  'bra cle dri fro gru pla ste tri vlo sku bla cre dre fli glo pru sta tre vri slo',
].map((row) => row.split(' '))

const nth = (list: readonly string[], n: number): string => list[Math.floor(n) % list.length]?.toLowerCase() ?? ''

const pick = (list: readonly string[], of: string) =>
  `(array[${list.map((word) => `'${word}'`).join(', ')}])[1 + (${of}) % ${list.length}]`

const series = syllables.map((list, place) => pick(list, `n / ${PRODUCTS_OF_A_SERIES * 20 ** place}`)).join(' || ')

/**
 * Fills a migrated, empty database: a catalogue by set-based SQL, three variants to a product, its search index, and who
 * buys there.
 */
export async function seed(databaseUrl: string, { products, customers }: Size): Promise<void> {
  const env = { DATABASE_URL: databaseUrl, SECRET: 'a secret of the bench 0123456789abcdef', NODE_ENV: 'test' }
  await using runtime = await createRuntime(readConfig({ ...env, LOG_LEVEL: 'silent' }))
  // Of nothing: so the index is what this version makes.
  const ctx = createWorkContext(runtime, 'bench', 'search.rebuild', 'bench')
  for (const engine of runtime.search.engines) await rebuild(ctx, engine)
  const hash = await runtime.passwords.hash(PASSWORD)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`set maintenance_work_mem = '512MB'; set work_mem = '256MB'; set synchronous_commit = off`)
    // What is written here refers to what is written here.
    await client.query('set session_replication_role = replica')
    await client.query('begin')
    const indexes = await dropIndexes(client)
    for (const statement of [...catalogue(products), ...documents, ...buyers]) await client.query(statement)
    await signIn(client, hash, customers)
    for (const { statement } of indexes) await client.query(statement)
    await client.query('commit')
    await vacuum(client)
  } finally {
    await client.end()
  }
}

/**
 * As PostgreSQL would itself: what is empty it leaves alone. A table that was looked at while it was empty counts as one
 * page, and who prepares a statement then reads it from its beginning until it is looked at again, a minute later.
 */
async function vacuum(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 0`,
  )
  await client.query(`vacuum analyze ${rows.map(({ name }) => name).join(', ')}`)
}

/** Rows that come by the million are indexed faster when they are there. */
async function dropIndexes(client: pg.Client): Promise<{ name: string; statement: string }[]> {
  const { rows } = await client.query<{ name: string; statement: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as statement from pg_index
     where indrelid = any($1::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid)`,
    [seededTables],
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows
}

const seededTables = [
  ...['product', 'product_category', 'variant', 'variant_price', 'listed_price', 'inventory_item', 'stock_movement'],
  ...['search_document', 'search_amount', 'search_word'],
]

const catalogue = (products: number): string[] => [
  `insert into category (id, slug, name, position)
   select ${sqlId('category', 'n')}, 'category-' || n, 'Category ' || n, n from generate_series(0, ${CATEGORIES - 1}) n`,
  `insert into product (id, slug, title, description, vendor, type, status, options, images, attributes, tags)
   select ${sqlId('product', 'n')}, 'product-' || n,
     ${pick(words.quality, 'n')} || ' ' || ${pick(words.matter, 'n / 7')} || ' ' || ${pick(words.thing, 'n / 3')} || ' ' || initcap(${series}),
     '<p>Made to be used every day, and easy to repair. Number ' || n || ' of its kind.</p>',
     'Vendor ' || n % 50, ${pick(words.thing, 'n / 3')}, 'active', '[{"name":"Size","values":["S","M","L"]}]',
     jsonb_build_array(jsonb_build_object('url', '/media/product-' || n || '.jpg', 'alt', 'Product ' || n)),
     jsonb_build_object('material', lower(${pick(words.matter, 'n / 7')}), 'weight', n % 40), '["bench"]'
   from generate_series(0, ${products - 1}) n`,
  `insert into product_category (product_id, category_id)
   select ${sqlId('product', 'n')}, ${sqlId('category', `n % ${CATEGORIES}`)} from generate_series(0, ${products - 1}) n`,
  `insert into variant (id, product_id, sku, title, options, option_key, status, weight_grams, requires_shipping, taxable, position)
   select ${sqlId('variant', 'n * 3 + v')}, ${sqlId('product', 'n')}, 'SKU-' || n || '-' || v, size,
     jsonb_build_array(jsonb_build_object('name', 'Size', 'value', size)),
     encode(sha256(convert_to('["' || size || '"]', 'UTF8')), 'hex'), 'active', 500, true, true, v
   from generate_series(0, ${products - 1}) n, (values (0, 'S'), (1, 'M'), (2, 'L')) as sizes (v, size)`,
  `insert into variant_price (variant_id, currency, amount)
   select ${sqlId('variant', 'n')}, 'EUR', 1000 + n / 3 % 9000 + n % 3 * 100 from generate_series(0, ${products * 3 - 1}) n`,
  `insert into listed_price (product_id, currency, min_amount, max_amount, variant_count)
   select ${sqlId('product', 'n')}, 'EUR', 1000 + n % 9000, 1200 + n % 9000, 3 from generate_series(0, ${products - 1}) n`,
  `insert into inventory_item (variant_id, tracked, on_hand, reserved)
   select ${sqlId('variant', 'n')}, true, 1000000, 0 from generate_series(0, ${products * 3 - 1}) n`,
  `insert into stock_movement (id, variant_id, delta, reason, actor)
   select ${sqlId('movement', 'n')}, ${sqlId('variant', 'n')}, 1000000, 'counted', 'system:bench'
   from generate_series(0, ${products * 3 - 1}) n`,
]

/** Carts of visitors. */
const CARTS = 5_000

const buyers = [
  `insert into cart (id, guest, state, currency, country_code)
   select ${sqlId('cart', 'n + 1000000')}, encode(sha256(convert_to('visitor ' || n, 'UTF8')), 'hex'), 'open', 'EUR', 'DE'
   from generate_series(0, ${CARTS - 1}) n`,
  `insert into cart_line (id, cart_id, variant_id, quantity)
   select ${sqlId('cartline', 'n * 2 + v')}, ${sqlId('cart', 'n + 1000000')}, ${sqlId('variant', 'n % 1000 * 3 + v')}, 1
   from generate_series(0, ${CARTS - 1}) n, generate_series(0, 1) v`,
  `insert into shipping_method (id, name, description, countries, active, position)
   values ('${seeded.shippingMethodId}', 'Parcel', '', '{}', true, 0)`,
  `insert into shipping_price (method_id, currency, amount) values ('${seeded.shippingMethodId}', 'EUR', 490)`,
  `insert into tax_rate (id, country_code, name, rate_basis_points, included)
   values ('${id('tax', 0)}', 'DE', 'MwSt.', 1900, true)`,
]

/** Customers who can log in, are signed in, and have bought. */
async function signIn(client: pg.Client, hash: string, customers: number): Promise<void> {
  const numbers = Array.from({ length: customers }, (_, n) => n)
  const sessions = numbers.map((n) => createHash('sha256').update(seeded.session(n)).digest('hex'))
  await client.query(
    `insert into "user" (id, email, email_key, email_verified_at, role, permissions)
     select ${sqlId('user', 'n')}, 'customer-' || n || '@example.com', 'customer-' || n || '@example.com', now(),
       'customer', '{}' from generate_series(0, $1::int - 1) n`,
    [customers],
  )
  await client.query(`insert into credential (user_id, password_hash) select id, $1 from "user"`, [hash])
  await client.query(
    `insert into session (id, user_id, epoch, idle_seconds, expires_at, ends_at)
     select id, ${sqlId('user', 'n - 1')}, 0, 1209600, now() + interval '14 days', now() + interval '90 days'
     from unnest($1::text[]) with ordinality as given (id, n)`,
    [sessions],
  )
  await client.query(
    `insert into "order" (id, number, cart_id, customer_id, status, currency, subtotal, discount, tax, total, shipping,
       shipping_tax, tax_included, tax_country, tax_rate_basis_points, shipping_method, email, shipping_address,
       billing_address, expires_at)
     select ${sqlId('order', 'n')}, 'BENCH' || lpad(n::text, 6, '0'), ${sqlId('cart', 'n')}, ${sqlId('user', 'n')},
       'pending_payment', 'EUR', 3000, 0, 557, 3490, 490, 78, true, 'DE', 1900, 'Parcel',
       'customer-' || n || '@example.com', $2, $2, now() + interval '10 years'
     from generate_series(0, $1::int - 1) n`,
    [customers, JSON.stringify(address)],
  )
  await client.query(
    `insert into order_line (id, order_id, position, variant_id, product_id, sku, title, options, quantity, unit_amount,
       subtotal, discount, tax, total, restocked)
     select ${sqlId('orderline', 'n * 3 + v')}, ${sqlId('order', 'n')}, v, ${sqlId('variant', 'v')}, ${sqlId('product', '0')},
       'SKU-0-' || v, 'Sturdy Oak Lamp 0', '[{"name":"Size","value":"S"}]', 1, 1000, 1000, 0, 160, 1000, 0
     from generate_series(0, $1::int - 1) n, generate_series(0, 2) v`,
    [customers],
  )
}

/** Where everything goes. */
export const address = {
  name: 'Ada Example',
  line1: '1 Example Street',
  line2: null,
  city: 'Exampleton',
  region: null,
  postalCode: '10115',
  countryCode: 'DE',
  phone: null,
} as const
