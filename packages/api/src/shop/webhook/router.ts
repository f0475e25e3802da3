import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { events } from './choosable.ts'
import { create, remove, rotateSecret, update } from './commands.ts'
import { getDelivery, listDeliveries } from './delivery-queries.ts'
import {
  deliveryNotFound,
  tooManySecrets,
  tooManyWebhooks,
  unknownEvents,
  webhookDisabled,
  webhookNotFound,
  webhookUrlRefused,
  webhookUrlTaken,
} from './errors.ts'
import { get, list } from './queries.ts'
import { resend, test } from './resend.ts'
import {
  CreateWebhook,
  DeliveryDetail,
  DeliveryRef,
  DeliveryView,
  EventNames,
  ListDeliveries,
  ListWebhooks,
  NoInput,
  RotateSecret,
  UpdateWebhook,
  WebhookRef,
  WebhookView,
  WebhookWithSecret,
} from './schema.ts'
import { disable, enable } from './status.ts'

export const webhookRouter = {
  events: query(
    {
      access: 'settings:read',
      rest: 'GET /webhook-events',
      summary: 'The events a webhook may ask for.',
      input: NoInput,
      output: EventNames,
    },
    events,
  ),
  list: query(
    {
      access: 'settings:read',
      rest: 'GET /webhooks',
      summary: 'Webhooks, newest first.',
      input: ListWebhooks,
      output: pageOf(WebhookView),
    },
    list,
  ),
  get: query(
    {
      access: 'settings:read',
      rest: 'GET /webhooks/{id}',
      summary: 'One webhook, by id.',
      input: WebhookRef,
      output: WebhookView,
      errors: [webhookNotFound],
    },
    get,
  ),
  create: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhooks -> /webhooks/{id}',
      recentLogin: true,
      summary: 'Adds a receiver of the events it asks for. Its secret is shown this once.',
      input: CreateWebhook,
      output: WebhookWithSecret,
      errors: [webhookUrlRefused, webhookUrlTaken, unknownEvents, tooManyWebhooks],
      repeat: 'never',
    },
    create,
  ),
  update: mutation(
    {
      access: 'settings:write',
      rest: 'PATCH /webhooks/{id}',
      recentLogin: true,
      summary: 'Changes where a webhook leads or what it asks for; what is left out stays.',
      input: UpdateWebhook,
      output: WebhookView,
      errors: [webhookNotFound, webhookUrlRefused, webhookUrlTaken, unknownEvents],
      repeat: (ctx, id) => get(ctx, WebhookRef.parse({ id })),
    },
    update,
  ),
  delete: mutation(
    {
      access: 'settings:write',
      rest: 'DELETE /webhooks/{id} -> 204',
      summary: 'Deletes a webhook with its secrets: nothing is sent there any more.',
      input: WebhookRef,
      output: WebhookRef,
      errors: [webhookNotFound],
    },
    remove,
  ),
  rotateSecret: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhooks/{id}/rotate-secret',
      recentLogin: true,
      summary: 'Makes a new secret, shown this once; those before it sign beside it for a while.',
      input: RotateSecret,
      output: WebhookWithSecret,
      errors: [webhookNotFound, tooManySecrets],
      repeat: 'never',
    },
    rotateSecret,
  ),
  enable: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhooks/{id}/enable',
      summary: 'Sends to a webhook again, beginning with what waited while it was disabled.',
      input: WebhookRef,
      output: WebhookView,
      errors: [webhookNotFound],
      repeat: (ctx, id) => get(ctx, WebhookRef.parse({ id })),
    },
    enable,
  ),
  disable: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhooks/{id}/disable',
      summary: 'Stops sending to a webhook: new events pass it by.',
      input: WebhookRef,
      output: WebhookView,
      errors: [webhookNotFound],
      repeat: (ctx, id) => get(ctx, WebhookRef.parse({ id })),
    },
    disable,
  ),
  test: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhooks/{id}/test',
      summary: 'Sends a webhook.test event to one webhook; look at its delivery for what came of it.',
      input: WebhookRef,
      output: DeliveryView,
      errors: [webhookNotFound, webhookDisabled],
    },
    test,
  ),
  deliveries: query(
    {
      access: 'settings:read',
      rest: 'GET /webhook-deliveries',
      summary: 'Deliveries of the last 30 days, newest first.',
      input: ListDeliveries,
      output: pageOf(DeliveryView),
    },
    listDeliveries,
  ),
  delivery: query(
    {
      access: 'settings:read',
      rest: 'GET /webhook-deliveries/{id}',
      summary: 'One delivery, with the body that is sent and the log of its attempts.',
      input: DeliveryRef,
      output: DeliveryDetail,
      errors: [deliveryNotFound],
    },
    getDelivery,
  ),
  resend: mutation(
    {
      access: 'settings:write',
      rest: 'POST /webhook-deliveries/{id}/resend',
      summary: 'Sends a delivery again, with the same event id and body.',
      input: DeliveryRef,
      output: DeliveryView,
      errors: [deliveryNotFound, webhookNotFound, webhookDisabled],
    },
    resend,
  ),
} satisfies TRPCRouterRecord
