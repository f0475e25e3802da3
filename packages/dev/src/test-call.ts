import type { Actor } from '@barrow/api/runtime'
import type { TestShop } from './test-shop.ts'

interface Call {
  /** As in `order.place`. */
  readonly path: string
  readonly actor: Actor
  readonly input: unknown
  readonly idempotencyKey?: string
}

/** Calls a procedure by its name, with anything at all; of a stream it waits for what comes first, which may be a refusal. */
export async function callByName(shop: TestShop, { path, actor, input, idempotencyKey }: Call): Promise<void> {
  // By their names they are all alike: what each takes and answers is not known here.
  const procedure = path
    .split('.')
    .reduce<unknown>((place, name) => Reflect.get(Object(place), name), shop.as(actor, idempotencyKey)) as (
    input: unknown,
  ) => Promise<unknown>
  const answer = await procedure(input)
  if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return
  const stream = (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  await stream.next()
  await stream.return?.()
}
