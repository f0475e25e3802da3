import type { Inputs, Outputs } from '@barrow/api/contract'

export type { Inputs, Outputs }

/** What a list answers: its rows, and where the next page begins. */
type RowOf<List extends { rows: readonly unknown[] }> = List['rows'][number]

// What shoppers see.
export type Product = Outputs['product']['get']
export type ProductId = Product['id']
/** A product as lists show it. */
export type ProductCard = RowOf<Outputs['product']['list']>
/** What a search answers beside its rows: how many of what were found. */
export type SearchFacets = Outputs['product']['search']['facets']
export type Variant = RowOf<Outputs['product']['variants']>
export type VariantId = Variant['id']
export type Category = Outputs['category']['get']
export type CategoryId = Category['id']
export type Cart = Outputs['cart']['get']
export type CartId = Cart['id']
export type CartLine = Cart['lines'][number]
export type CartLineId = CartLine['id']
/** A shipping method with its price for a cart. */
export type ShippingOffer = RowOf<Outputs['shippingMethod']['available']>
export type Order = Outputs['order']['get']
export type OrderId = Order['id']
export type OrderLine = Order['lines'][number]
export type OrderLineId = OrderLine['id']
export type OrderStatus = Order['status']
/** What a change of an order answers: all but what is personal. */
export type OrderSummary = Outputs['order']['place']
/** An order as lists show it. */
export type OrderRow = RowOf<Outputs['order']['list']>
/** Where an order stands, as `order.watch` tells it. */
export type OrderState = Outputs['order']['watch'] extends AsyncIterable<infer State> ? State : never

// Who is signed in, and what is theirs.
export type Me = Outputs['auth']['me']
export type Session = RowOf<Outputs['auth']['listSessions']>
export type Address = Outputs['address']['get']
export type AddressId = Address['id']
/** An address as carts and orders hold it. */
export type PostalAddress = NonNullable<Cart['shippingAddress']>

// What staff see.
export type User = Outputs['user']['get']
export type UserId = User['id']
export type ApiKey = RowOf<Outputs['apiKey']['list']>
export type ApiKeyId = ApiKey['id']
export type AuditEntry = RowOf<Outputs['audit']['list']>
export type ProductDetails = Outputs['product']['getAny']
export type ProductSummary = RowOf<Outputs['product']['listAll']>
export type VariantDetails = Outputs['variant']['get']
export type StockLevel = Outputs['inventory']['get']
export type StockMovement = RowOf<Outputs['inventory']['movements']>
export type CartSummary = RowOf<Outputs['cart']['adminList']>
export type CartDetails = Outputs['cart']['adminGet']
export type StaffOrderRow = RowOf<Outputs['order']['listAll']>
export type OrderNote = RowOf<Outputs['order']['notes']>
export type OrderMoment = RowOf<Outputs['order']['history']>
export type Refund = Outputs['order']['refund']
export type ShippingMethod = Outputs['shippingMethod']['get']
export type ShippingMethodId = ShippingMethod['id']
export type TaxRate = Outputs['taxRate']['get']
export type TaxRateId = TaxRate['id']
