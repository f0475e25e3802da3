import type { Context } from '../../platform/context.ts'
import { WebhookTest } from './events.ts'
import type { EventNames } from './schema.ts'

/** The events an endpoint may ask for: the whole catalogue of this shop, its own slices' included. */
export const choosable = (ctx: Context): EventNames['events'] =>
  ctx.catalogue.flatMap(({ name, version }) => (name === WebhookTest.name ? [] : [{ name, version }]))

export const events = async (ctx: Context): Promise<EventNames> => ({ events: choosable(ctx) })
