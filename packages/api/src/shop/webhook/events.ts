import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { disableReasons, webhookId } from './entity.ts'

export const WebhookDisabled = defineEvent(
  'webhook.disabled',
  1,
  z.object({ webhookId: webhookId.schema, reason: z.enum(disableReasons) }),
)

/** Goes to the endpoint it names and to no other: nobody can choose it. */
export const WebhookTest = defineEvent('webhook.test', 1, z.object({ webhookId: webhookId.schema }))

export const webhookEvents = [WebhookDisabled, WebhookTest] as const
