import { events } from '@barrow/api/events'
import * as webhook from '@barrow/api/webhook'
import { consumer } from '../consumer.ts'

/** Puts every event on its way to the merchants' servers that asked for it. The calls themselves are made later. */
export const webhooks = consumer({ name: 'webhooks', events, awaited: webhook.awaited, handle: webhook.fanOut })
