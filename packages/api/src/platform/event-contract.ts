import type { z } from 'zod'

/** What an event may carry: its payload holds ids, states and amounts, never a name, an address or a token. */
export interface EventContract<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  /** `<aggregate>.<what became true>`, in the past tense: `order.placed`. */
  readonly name: Name
  readonly version: number
  readonly payload: Payload
}

/** Declares a fact that a slice publishes. */
export const defineEvent = <const Name extends string, Payload extends z.ZodType>(
  name: Name,
  version: number,
  payload: Payload,
): EventContract<Name, Payload> => ({ name, version, payload })
