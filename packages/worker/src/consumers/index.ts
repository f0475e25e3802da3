import type { Consumer } from '../consumer.ts'
import { cache } from './cache.ts'
import { mail } from './mail.ts'
import { orderProcessing } from './order-processing.ts'
import { search } from './search.ts'
import { webhooks } from './webhooks.ts'

/** Everybody who acts on events. */
export const consumers: readonly Consumer[] = [orderProcessing, mail, search, cache, webhooks]
