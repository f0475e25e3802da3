import { z } from 'zod'
import { conflict, invalid, notFound } from '../../platform/errors.ts'

export const webhookNotFound = notFound('webhook_not_found', 'There is no such webhook.')
export const deliveryNotFound = notFound('delivery_not_found', 'There is no such delivery.')
export const webhookUrlRefused = invalid(
  'webhook_url_refused',
  'This URL cannot be called. It must be https, on port 443 or from 1024 on, without credentials, and lead to the internet.',
  z.object({ because: z.enum(['scheme', 'credentials', 'port', 'address']) }),
)
export const webhookUrlTaken = conflict('webhook_url_taken', 'Another webhook has this URL.')
export const unknownEvents = invalid(
  'unknown_events',
  'The shop publishes no such events.',
  z.object({ names: z.array(z.string()) }),
)
export const tooManyWebhooks = conflict('too_many_webhooks', 'A shop has at most 100 webhooks.')
export const tooManySecrets = conflict(
  'too_many_secrets',
  'Five secrets of this webhook are still valid. Wait, or rotate with `overlapHours: 0`.',
)
export const webhookDisabled = conflict('webhook_disabled', 'The webhook is disabled.')
