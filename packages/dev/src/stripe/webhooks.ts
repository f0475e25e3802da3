import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from './clock.ts'
import { shuffled } from './random.ts'

/** Where events go, and what signs them: two secrets while one replaces the other. */
export interface WebhookEndpoint {
  readonly url: string
  readonly secrets: readonly string[]
}

/** How events travel. */
export const Travel = z.strictObject({
  /** Keeps events until they are released. */
  hold: z.boolean().default(false),
  /** How many times each event comes. */
  copies: z.int().min(1).max(100).default(1),
  /** Out of order: released so, and each held up by a time of chance up to `delayMs`. */
  shuffle: z.boolean().default(false),
  delayMs: z.int().min(0).max(86_400_000).default(0),
  /** Tries after the first, each after twice the time of the one before. */
  retries: z.int().min(0).max(100).default(5),
  backoffMs: z.int().min(1).max(3_600_000).default(200),
})
export type Travel = z.infer<typeof Travel>

/** An event as Stripe sends it, its object as it was then. */
export interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly body: string
}

/** One try to deliver an event. `status` is null when nobody answered. */
export interface Delivery {
  readonly event: string
  readonly type: string
  readonly attempt: number
  readonly status: number | null
}

export interface Signing {
  /** How old the signature says it is. */
  readonly ageSeconds?: number
  readonly secrets?: readonly string[]
}

/** Signs a body as Stripe does, by the machine's clock: whoever checks it has no other. */
export function sign(body: string, secrets: readonly string[], ageSeconds = 0): string {
  const time = Math.floor(Date.now() / 1_000) - ageSeconds
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'))
  return [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(',')
}

const ANSWER_MS = 10_000

export function createWebhooks({ clock, random }: { clock: Clock; random: () => number }) {
  const ending = new AbortController()
  const events: StripeEvent[] = []
  const deliveries: Delivery[] = []
  const underWay = new Set<Promise<void>>()
  let held: StripeEvent[] = []
  let endpoint: WebhookEndpoint | undefined
  let travel = Travel.parse({})

  async function attempt(event: StripeEvent, number: number, signing: Signing): Promise<boolean> {
    if (endpoint === undefined) return true
    const signature = sign(event.body, signing.secrets ?? endpoint.secrets, signing.ageSeconds)
    const status = await fetch(endpoint.url, {
      method: 'POST',
      body: event.body,
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature },
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(ANSWER_MS)]),
    }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      () => null,
    )
    deliveries.push({ event: event.id, type: event.type, attempt: number, status })
    return status !== null && status < 300
  }

  async function deliver(event: StripeEvent): Promise<void> {
    const { shuffle, delayMs, retries, backoffMs } = travel
    await pause(shuffle ? random() * delayMs : delayMs)
    for (let number = 1; number <= retries + 1 && !ending.signal.aborted; number += 1) {
      if (await attempt(event, number, {})) return
      if (number <= retries) await pause(backoffMs * 2 ** (number - 1))
    }
  }

  // The end of the server ends the wait.
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: ending.signal, ref: false }).catch(() => {})

  function dispatch(event: StripeEvent): void {
    for (let copy = 0; copy < travel.copies; copy += 1) {
      const delivery = deliver(event).finally(() => underWay.delete(delivery))
      underWay.add(delivery)
    }
  }

  return {
    /** Where events go from now on; nowhere when undefined. */
    sendTo(next: WebhookEndpoint | undefined): void {
      endpoint = next
    },
    /** How events travel from now on. */
    travel(next: z.input<typeof Travel>): void {
      travel = Travel.parse(next)
    },
    emit(type: string, object: object): void {
      const id = `evt_${randomBytes(12).toString('hex')}`
      const body = JSON.stringify({
        id,
        object: 'event',
        api_version: '2026-10-28.endive',
        created: clock.seconds(),
        data: { object },
        livemode: false,
        pending_webhooks: 1,
        request: null,
        type,
      })
      const event = { id, type, body }
      events.push(event)
      if (endpoint === undefined) return
      if (travel.hold) held.push(event)
      else dispatch(event)
    },
    /** Sends what was held: late, and out of order if they travel so. */
    release(): void {
      const released = travel.shuffle ? shuffled(held, random) : held
      held = []
      for (const event of released) dispatch(event)
    },
    /** Sends one event once more, signed as told. Answers whether it was accepted. */
    resend: (event: StripeEvent, signing: Signing = {}): Promise<boolean> => attempt(event, 1, signing),
    events: (): readonly StripeEvent[] => events,
    deliveries: (): readonly Delivery[] => deliveries,
    /** Waits until nothing is under way; what is held does not count. */
    async idle(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    async close(): Promise<void> {
      ending.abort()
      await Promise.all(underWay)
    },
  }
}

export type Webhooks = ReturnType<typeof createWebhooks>
