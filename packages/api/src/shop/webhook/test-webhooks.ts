import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testShop } from '@barrow/dev/test-shop'
import { afterEach } from 'vitest'
import { createWorkContext } from '../../platform/context.ts'
import type { Event } from '../../platform/outbox.ts'
import { inTransaction } from '../../platform/transaction.ts'
import type { Context, Runtime } from '../../runtime.ts'
import type { WebhookId } from './entity.ts'
import { type DeliverOptions, deliverDue, fanOut } from './index.ts'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A merchant's server on this machine: what it got, and what it answers. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
  /** How the next calls are answered: a status, or anything at all. */
  answer(how: number | ((response: ServerResponse) => unknown)): void
  /** Waits until it has got so many calls. */
  got(count: number): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  let how: number | ((response: ServerResponse) => unknown) = 204
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: (await request.toArray()).join('') })
    for (const wake of waiting) wake()
    if (typeof how === 'number') response.writeHead(how).end()
    else how(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    answer(next) {
      how = next
    },
    async got(count) {
      while (received.length < count) {
        await new Promise<void>((wake) => {
          waiting.add(wake)
        })
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Whether a call is signed with a secret, by the words of the Standard Webhooks scheme and not by our own code. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(content).digest('base64')
  return String(headers['webhook-signature']).split(' ').includes(`v1,${signature}`)
}

export const workOf = (runtime: Runtime): Context => createWorkContext(runtime, 'worker', 'worker:webhooks', 'test')

/** A shop whose webhooks may lead to this machine, and what its worker does with them. */
export async function webhookShop() {
  const shop = await testShop({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const staff = shop.staff('settings:write', 'settings:read', 'catalog:write')
  const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    shop.runtime.orm.em.fork().execute<Row[]>(text, values)
  // The receivers of one test are gone in the next.
  afterEach(() => sql('update webhook_endpoint set deleted_at = now() where deleted_at is null'))

  let count = 0
  const eventOf = async (key: string): Promise<Event> => {
    const [event] = await sql<Event>(
      `select id, name, version, key, sequence, payload, occurred_at as "occurredAt"
       from outbox_event where key = ? order by sequence desc limit 1`,
      [key],
    )
    if (event === undefined) throw new Error(`${key} has published nothing`)
    return event
  }
  const consume = (event: Event) => inTransaction(workOf(shop.runtime), (ctx) => fanOut(ctx, event))

  return {
    shop,
    staff,
    sql,
    /** The newest event of an aggregate. */
    eventOf,
    /** What the worker does at an event. */
    consume,
    subscribe: ({ url }: Receiver, path = '') =>
      staff.webhook.create({ url: `${url}${path}`, events: ['category.changed'] }),

    /** Something happens in the shop, and the webhooks hear of it. */
    async change(): Promise<Event> {
      const { id } = await staff.category.create({ slug: `category-${++count}`, name: 'Changed' })
      const event = await eventOf(id)
      await consume(event)
      return event
    },

    /** Sends what is due, as this worker or another. */
    deliver: (options: DeliverOptions & { as?: Runtime } = {}): Promise<number> =>
      deliverDue(workOf(options.as ?? shop.runtime), options),

    /** Lets all pauses and leases be over. */
    timePasses: () =>
      sql(
        `update webhook_delivery set next_attempt_at = now() - interval '1 second', leased_until = null
         where status in ('pending', 'failed')`,
      ),

    /** The one delivery of a webhook, with its log. */
    async onlyDelivery(webhookId: WebhookId) {
      const { rows } = await staff.webhook.deliveries({ webhookId })
      const [delivery] = rows
      if (delivery === undefined || rows.length > 1) throw new Error(`there are ${rows.length} deliveries`)
      return staff.webhook.delivery({ id: delivery.id })
    },
  }
}
