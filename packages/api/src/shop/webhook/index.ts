export { type DeliverOptions, deliverDue } from './deliver.ts'
export {
  WebhookAttemptSchema,
  WebhookDeliverySchema,
  WebhookEndpointSchema,
  WebhookSecretSchema,
} from './entity.ts'
export { WebhookDisabled, WebhookTest, webhookEvents } from './events.ts'
export { awaited, fanOut } from './fan-out.ts'
export { resealSecrets } from './secrets.ts'
export { DELIVERIES_KEPT_DAYS, forgetOld } from './sweep.ts'
