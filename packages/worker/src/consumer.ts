import type { Context } from '@barrow/api/runtime'
import type { Event, EventContract } from '@barrow/api/work'

/** What comes true of each of several contracts: a `switch` over `event.name` narrows the payload. */
type EventOf<C extends EventContract> = C extends EventContract ? Event<C> : never

interface Definition<C extends EventContract, Prepared> {
  /** What its inbox rows are called: never changed once it has run. */
  readonly name: string
  readonly events: readonly C[]
  /** The names of those that it has something to do with at the moment; all of them when left out. */
  readonly awaited?: (ctx: Context) => Promise<readonly string[]>
  /**
   * What leaves the building: runs outside any transaction, and again after a crash, so it must be idempotent. What it
   * answers is handed to `handle`.
   */
  readonly before?: (ctx: Context, event: EventOf<C>) => Promise<Prepared>
  /** The effect in the database: runs once for each event, in the transaction that marks it done. */
  readonly handle?: (ctx: Context, event: EventOf<C>, prepared: Prepared) => Promise<unknown>
  /**
   * Stored events may be handed to it again, when somebody asks for that. Only for effects that bear repeating, such as
   * an index that is built anew: never for what writes to people or moves money.
   */
  readonly replayable?: true
}

/** A consumer of whatever events. */
export interface Consumer {
  readonly name: string
  readonly events: readonly EventContract[]
  readonly awaited: ((ctx: Context) => Promise<readonly string[]>) | undefined
  readonly before: (ctx: Context, event: Event) => Promise<unknown>
  readonly handle: (ctx: Context, event: Event, prepared: unknown) => Promise<unknown>
  readonly replayable: boolean
}

/**
 * Declares who acts on which events.
 *
 * @example
 * export const welcome = consumer({
 *   name: 'welcome',
 *   events: [OrderPlaced],
 *   handle: (ctx, event) => greet(ctx, event.payload.orderId),
 * })
 */
export function consumer<C extends EventContract, Prepared = undefined>(definition: Definition<C, Prepared>): Consumer {
  const {
    name,
    events,
    awaited,
    before = async () => undefined,
    handle = async () => {},
    replayable = false,
  } = definition
  // `consume` hands each consumer only events it declares, their payloads parsed by these contracts.
  return { name, events, awaited, before, handle, replayable } as unknown as Consumer
}
