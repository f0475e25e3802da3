import { searchEntities } from './platform/adapters/search/postgres/entities.ts'
import { TestPaymentSchema, TestRefundSchema } from './platform/adapters/test-payments.ts'
import { AuditEntrySchema } from './platform/audit.ts'
import { EventConsumerSchema, WorkerProcessSchema } from './platform/events/entity.ts'
import { IdempotencyKeySchema } from './platform/idempotency.ts'
import { InboxEntrySchema } from './platform/inbox.ts'
import { LimitCountSchema } from './platform/limits/entity.ts'
import { EventSequenceSchema, OutboxEventSchema } from './platform/outbox.ts'
import { ScheduleRunSchema } from './platform/schedule.ts'
import { SearchIndexSchema } from './platform/search/entity.ts'
import { AddressSchema } from './shop/address/entity.ts'
import {
  ApiKeySchema,
  CredentialSchema,
  LinkSchema,
  LoginChallengeSchema,
  RecoveryCodeSchema,
  SessionSchema,
  TotpSchema,
} from './shop/auth/entity.ts'
import { CartLineSchema, CartSchema } from './shop/cart/entity.ts'
import { SearchMarkSchema } from './shop/catalog/entity.ts'
import { productFields } from './shop/catalog/search/fields.ts'
import { CategorySchema } from './shop/category/entity.ts'
import { InventoryItemSchema, ReservationSchema, StockMovementSchema } from './shop/inventory/entity.ts'
import { OrderLineSchema, OrderMomentSchema, OrderNoteSchema, OrderSchema } from './shop/order/entity.ts'
import { PaymentAttemptSchema, PaymentNoticeSchema, RefundSchema } from './shop/payment/entity.ts'
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
import {
  WebhookAttemptSchema,
  WebhookDeliverySchema,
  WebhookEndpointSchema,
  WebhookSecretSchema,
} from './shop/webhook/entity.ts'

/** Every table, slice by slice. */
export const entities = [
  AuditEntrySchema,
  IdempotencyKeySchema,
  OutboxEventSchema,
  EventSequenceSchema,
  InboxEntrySchema,
  ScheduleRunSchema,
  LimitCountSchema,
  EventConsumerSchema,
  WorkerProcessSchema,
  TestPaymentSchema,
  TestRefundSchema,
  UserSchema,
  AddressSchema,
  CredentialSchema,
  SessionSchema,
  LinkSchema,
  TotpSchema,
  RecoveryCodeSchema,
  LoginChallengeSchema,
  ApiKeySchema,
  CategorySchema,
  ProductSchema,
  ProductCategorySchema,
  VariantSchema,
  VariantPriceSchema,
  ListedPriceSchema,
  InventoryItemSchema,
  StockMovementSchema,
  ReservationSchema,
  SearchMarkSchema,
  SearchIndexSchema,
  ...searchEntities(productFields),
  TaxRateSchema,
  ShippingMethodSchema,
  ShippingPriceSchema,
  CartSchema,
  CartLineSchema,
  PaymentAttemptSchema,
  RefundSchema,
  PaymentNoticeSchema,
  OrderSchema,
  OrderLineSchema,
  OrderMomentSchema,
  OrderNoteSchema,
  WebhookEndpointSchema,
  WebhookSecretSchema,
  WebhookDeliverySchema,
  WebhookAttemptSchema,
]
