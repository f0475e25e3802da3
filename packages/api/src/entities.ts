import { TestPaymentSchema, TestRefundSchema } from './platform/adapters/test-payments.ts'
import { AuditEntrySchema } from './platform/audit.ts'
import { IdempotencyKeySchema } from './platform/idempotency.ts'
import { InboxEntrySchema } from './platform/inbox.ts'
import { EventSequenceSchema, OutboxEventSchema } from './platform/outbox.ts'
import { AddressSchema } from './shop/address/entity.ts'
import { CartLineSchema, CartSchema } from './shop/cart/entity.ts'
import { CategorySchema } from './shop/category/entity.ts'
import { InventoryItemSchema, ReservationSchema, StockMovementSchema } from './shop/inventory/entity.ts'
import {
  ListedPriceSchema,
  ProductCategorySchema,
  ProductSchema,
  VariantPriceSchema,
  VariantSchema,
} from './shop/product/entity.ts'
import { ShippingMethodSchema, ShippingPriceSchema } from './shop/shipping/entity.ts'
import { TaxRateSchema } from './shop/tax/entity.ts'
import { UserSchema } from './shop/user/entity.ts'

/** Every table, slice by slice. */
export const entities = [
  AuditEntrySchema,
  IdempotencyKeySchema,
  OutboxEventSchema,
  EventSequenceSchema,
  InboxEntrySchema,
  TestPaymentSchema,
  TestRefundSchema,
  UserSchema,
  AddressSchema,
  CategorySchema,
  ProductSchema,
  ProductCategorySchema,
  VariantSchema,
  VariantPriceSchema,
  ListedPriceSchema,
  InventoryItemSchema,
  StockMovementSchema,
  ReservationSchema,
  TaxRateSchema,
  ShippingMethodSchema,
  ShippingPriceSchema,
  CartSchema,
  CartLineSchema,
]
