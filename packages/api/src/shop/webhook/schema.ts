import { z } from 'zod'
import { eventId } from '../../platform/outbox.ts'
import { pageInput } from '../../platform/pages.ts'
import { text } from '../../platform/text.ts'
import { deliveryId, deliveryStatuses, disableReasons, webhookId } from './entity.ts'

const eventName = z
  .string()
  .max(100)
  .regex(/^[a-z_]+\.[a-z_]+$/, 'must be the name of an event, as in order.placed')

const fields = {
  /** Calls go there by POST. https; plain http only to this machine, where private addresses are allowed. */
  url: z.url({ protocol: /^https?$/, normalize: true }).max(2048),
  description: text(500, 0),
  /** See `webhook.events`. */
  events: z
    .array(eventName)
    .min(1)
    .max(100)
    .transform((names) => [...new Set(names)].sort()),
}

export const WebhookView = z.object({
  id: webhookId.schema,
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  status: z.enum(['active', 'disabled']),
  disabledReason: z.enum(disableReasons).nullable(),
  /** The first failure since the last call that succeeded; null while calls succeed. */
  failingSince: z.date().nullable(),
  /** Until when secrets before the newest one sign as well; null when there are none. */
  oldSecretsUntil: z.date().nullable(),
  createdAt: z.date(),
})
export type WebhookView = z.infer<typeof WebhookView>

/** `secret` is shown this once: keep it where the receiver checks signatures with it. */
export const WebhookWithSecret = WebhookView.extend({ secret: z.string() })
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>

export const CreateWebhook = z.strictObject({ ...fields, description: fields.description.default('') })
export type CreateWebhook = z.infer<typeof CreateWebhook>

export const UpdateWebhook = z.strictObject({ id: webhookId.schema, ...z.object(fields).partial().shape })
export type UpdateWebhook = z.infer<typeof UpdateWebhook>

export const WebhookRef = z.strictObject({ id: webhookId.schema })
export type WebhookRef = z.infer<typeof WebhookRef>

export const RotateSecret = z.strictObject({
  id: webhookId.schema,
  /** How long the secrets before it still sign beside the new one. 0 when one has leaked. */
  overlapHours: z.int().min(0).max(168).default(24),
})
export type RotateSecret = z.infer<typeof RotateSecret>

export const ListWebhooks = z.strictObject(pageInput)
export type ListWebhooks = z.infer<typeof ListWebhooks>

export const NoInput = z.strictObject({}).optional()

export const EventNames = z.object({ events: z.array(z.object({ name: z.string(), version: z.int() })) })
export type EventNames = z.infer<typeof EventNames>

export const DeliveryView = z.object({
  id: deliveryId.schema,
  webhookId: webhookId.schema,
  eventId: eventId.schema,
  eventName: z.string(),
  /** `failed` is tried again at `nextAttemptAt`; `dead` is not. While the webhook is disabled nothing is tried. */
  status: z.enum(deliveryStatuses),
  attempts: z.int(),
  nextAttemptAt: z.date().nullable(),
  /** Of the last attempt; null when nobody answered. */
  statusCode: z.int().nullable(),
  error: z.string().nullable(),
  /** Of the last attempt, in milliseconds. */
  durationMs: z.int().nullable(),
  deliveredAt: z.date().nullable(),
  createdAt: z.date(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

/** A delivery with the body that is sent and its log, oldest first: the last hundred attempts. */
export const DeliveryDetail = DeliveryView.extend({
  body: z.string(),
  log: z.array(
    z.object({
      number: z.int(),
      at: z.date(),
      durationMs: z.int(),
      statusCode: z.int().nullable(),
      error: z.string().nullable(),
      /** The beginning of what the receiver answered when it did not take the event. */
      answer: z.string().nullable(),
    }),
  ),
})
export type DeliveryDetail = z.infer<typeof DeliveryDetail>

export const DeliveryRef = z.strictObject({ id: deliveryId.schema })
export type DeliveryRef = z.infer<typeof DeliveryRef>

export const ListDeliveries = z.strictObject({
  ...pageInput,
  webhookId: webhookId.schema.optional(),
  status: z.enum(deliveryStatuses).optional(),
  eventId: eventId.schema.optional(),
})
export type ListDeliveries = z.infer<typeof ListDeliveries>
