import { defineEntity, p } from '@mikro-orm/core'
import { createdAt, id, idRef } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import { eventId } from '../../platform/outbox.ts'

export const webhookId = idOf('webhook')
export type WebhookId = ReturnType<typeof webhookId.new>

/** `failing`: no call has succeeded for days. `gone`: the receiver answered 410. */
export const disableReasons = ['staff', 'failing', 'gone'] as const
export type DisableReason = (typeof disableReasons)[number]

/** A receiver of events at some other server. */
export const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  properties: {
    id: id(webhookId),
    url: p.string().length(2048),
    description: p.string().length(500),
    /** Names of the catalogue. */
    events: p.array<string>(),
    status: p.enum(['active', 'disabled']),
    disabledReason: p.enum(disableReasons).nullable(),
    /** The first failure since the last call that succeeded. */
    failingSince: p.datetime(3).$type<Date>().nullable(),
    /** Its deliveries outlive it for a while: there may be more of them than one statement can delete. */
    deletedAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [
    {
      name: 'webhook_endpoint_url_unique',
      expression: 'create unique index webhook_endpoint_url_unique on webhook_endpoint (url) where deleted_at is null',
    },
  ],
  checks: [{ name: 'webhook_endpoint_disabled', expression: `(status = 'disabled') = (disabled_reason is not null)` }],
})
export class WebhookEndpoint extends WebhookEndpointSchema.class {}
WebhookEndpointSchema.setClass(WebhookEndpoint)

export const signingKeyId = idOf('signingkey')

/** What an endpoint's calls are signed with. During a rotation there are several, and each signs. */
export const WebhookSecretSchema = defineEntity({
  name: 'WebhookSecret',
  properties: {
    id: id(signingKeyId),
    webhookId: () =>
      p
        .manyToOne(WebhookEndpoint)
        .fieldName('webhook_id')
        .mapToPk()
        .deleteRule('cascade')
        .foreignKeyName('webhook_secret_webhook_fk'),
    /** Encrypted: it has to be read again for every call. */
    sealed: p.string().length(255),
    /** Null for the newest; of the others, when it signs no more. */
    expiresAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [
    {
      name: 'webhook_secret_newest_unique',
      expression:
        'create unique index webhook_secret_newest_unique on webhook_secret (webhook_id) where expires_at is null',
    },
    { properties: ['webhookId'] },
  ],
})
export class WebhookSecret extends WebhookSecretSchema.class {}
WebhookSecretSchema.setClass(WebhookSecret)

export const deliveryId = idOf('delivery')
export type DeliveryId = ReturnType<typeof deliveryId.new>

/** `failed`: it will be tried again. `dead`: it will not, unless somebody asks. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'dead'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** One event on its way to one endpoint. */
export const WebhookDeliverySchema = defineEntity({
  name: 'WebhookDelivery',
  properties: {
    id: id(deliveryId),
    webhookId: () =>
      p
        .manyToOne(WebhookEndpoint)
        .fieldName('webhook_id')
        .mapToPk()
        .deleteRule('restrict')
        .foreignKeyName('webhook_delivery_webhook_fk'),
    eventId: idRef(eventId),
    eventName: p.string().length(100),
    /** The bytes that are sent: the same each time, and kept when the outbox has forgotten the event. */
    body: p.text(),
    status: p.enum(deliveryStatuses).default('pending'),
    /** All of them; numbers the log. */
    attempts: p.integer().default(0),
    /** Those since it was sent the first time or anew: the next pause follows from it. */
    failures: p.smallint().default(0),
    nextAttemptAt: p.datetime(3).$type<Date>().nullable().defaultRaw('now()'),
    /** Until then it belongs to the worker that is sending it. */
    leasedUntil: p.datetime(3).$type<Date>().nullable(),
    /** Of the last attempt: what was answered, what went wrong, how long it took. */
    statusCode: p.smallint().nullable(),
    error: p.string().length(200).nullable(),
    durationMs: p.integer().nullable(),
    deliveredAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  uniques: [{ name: 'webhook_delivery_event_unique', properties: ['eventId', 'webhookId'] }],
  indexes: [
    { properties: ['webhookId', 'id'] },
    { properties: ['status', 'id'] },
    {
      name: 'webhook_delivery_due',
      expression: `create index webhook_delivery_due on webhook_delivery (webhook_id, next_attempt_at) where status in ('pending', 'failed')`,
    },
    {
      name: 'webhook_delivery_leased',
      expression:
        'create index webhook_delivery_leased on webhook_delivery (webhook_id) where leased_until is not null',
    },
  ],
  checks: [
    {
      name: 'webhook_delivery_next',
      expression: `(next_attempt_at is not null) = (status = 'pending' or status = 'failed')`,
    },
  ],
})
export class WebhookDelivery extends WebhookDeliverySchema.class {}
WebhookDeliverySchema.setClass(WebhookDelivery)

/** The log of a delivery: one row for each attempt whose outcome is known. */
export const WebhookAttemptSchema = defineEntity({
  name: 'WebhookAttempt',
  properties: {
    deliveryId: () =>
      p
        .manyToOne(WebhookDelivery)
        .primary()
        .fieldName('delivery_id')
        .mapToPk()
        .deleteRule('cascade')
        .foreignKeyName('webhook_attempt_delivery_fk'),
    number: p.integer().primary(),
    at: createdAt(),
    durationMs: p.integer(),
    statusCode: p.smallint().nullable(),
    error: p.string().length(200).nullable(),
    /** The beginning of what a receiver answered that did not take it. */
    answer: p.string().length(200).nullable(),
  },
})
export class WebhookAttempt extends WebhookAttemptSchema.class {}
WebhookAttemptSchema.setClass(WebhookAttempt)
