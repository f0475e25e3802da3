import { createHash } from 'node:crypto'
import { createRuntime, readConfig } from '@barrow/api/runtime'
import pg from 'pg'

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

const pick = (list: readonly string[], by: number) =>
  `(array[${list.map((word) => `'${word}'`).join(', ')}])[1 + (n / ${by}) % ${list.length}]`

/** Fills a migrated, empty database: a catalogue by set-based SQL, three variants to a product, and who buys there. */
export async function seed(databaseUrl: string, { products, customers }: Size): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    for (const statement of [...catalogue(products), ...buyers]) await client.query(statement)
    await signIn(client, databaseUrl, customers)
    await client.query('commit')
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const catalogue = (products: number): string[] => [
  `insert into category (id, slug, name, position)
   select ${sqlId('category', 'n')}, 'category-' || n, 'Category ' || n, n from generate_series(0, ${CATEGORIES - 1}) n`,
  `insert into product (id, slug, title, description, vendor, type, status, options, images, attributes, tags)
   select ${sqlId('product', 'n')}, 'product-' || n,
     ${pick(words.quality, 1)} || ' ' || ${pick(words.matter, 7)} || ' ' || ${pick(words.thing, 3)} || ' ' || n,
     '<p>Made to be used every day, and easy to repair. Number ' || n || ' of its kind.</p>',
     'Vendor ' || n % 50, ${pick(words.thing, 3)}, 'active', '[{"name":"Size","values":["S","M","L"]}]',
     jsonb_build_array(jsonb_build_object('url', '/media/product-' || n || '.jpg', 'alt', 'Product ' || n)),
     jsonb_build_object('material', lower(${pick(words.matter, 7)}), 'weight', n % 40), '["bench"]'
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
  `insert into listed_price (product_id, currency, min_amount, max_amount)
   select ${sqlId('product', 'n')}, 'EUR', 1000 + n % 9000, 1200 + n % 9000 from generate_series(0, ${products - 1}) n`,
  `insert into inventory_item (variant_id, tracked, on_hand, reserved)
   select ${sqlId('variant', 'n')}, true, 1000000, 0 from generate_series(0, ${products * 3 - 1}) n`,
  `insert into stock_movement (id, variant_id, delta, reason, actor)
   select ${sqlId('movement', 'n')}, ${sqlId('variant', 'n')}, 1000000, 'counted', 'system:bench'
   from generate_series(0, ${products * 3 - 1}) n`,
]

const buyers = [
  `insert into shipping_method (id, name, description, countries, active, position)
   values ('${seeded.shippingMethodId}', 'Parcel', '', '{}', true, 0)`,
  `insert into shipping_price (method_id, currency, amount) values ('${seeded.shippingMethodId}', 'EUR', 490)`,
  `insert into tax_rate (id, country_code, name, rate_basis_points, included)
   values ('${id('tax', 0)}', 'DE', 'MwSt.', 1900, true)`,
]

/** Customers who can log in, are signed in, and have bought. */
async function signIn(client: pg.Client, databaseUrl: string, customers: number): Promise<void> {
  await using runtime = await createRuntime(
    readConfig({ DATABASE_URL: databaseUrl, SECRET: 'a secret of the bench 0123456789abcdef', NODE_ENV: 'test' }),
  )
  const hash = await runtime.passwords.hash(PASSWORD)
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
