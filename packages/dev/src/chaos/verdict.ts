import { type Breach, prove } from '@barrow/api/prove'
import { createRuntime, readConfig } from '@barrow/api/runtime'
import { createWorkContext } from '@barrow/api/work'
import type { History } from './history.ts'
import { compareLetters, comparePayments, type Wrong } from './ledgers.ts'
import type { Rest } from './quiesce.ts'
import type { Stage } from './stage.ts'

export type Finding = Wrong | Breach

/** Everything that is not as it must be: by the database itself, by the ledgers outside the shop, by what buyers hold. */
export async function judge(stage: Stage, history: History, rest: Rest): Promise<Finding[]> {
  return [
    ...(rest.left.length === 0
      ? []
      : [{ id: 'I10' as const, sentence: 'The shop did not come to rest.', offending: rest.left }]),
    ...(await books(stage)),
    ...(await comparePayments(stage)),
    ...(await compareLetters(stage)),
    ...(await compareAnswers(stage, history)),
  ]
}

async function books(stage: Stage): Promise<Breach[]> {
  await using runtime = await createRuntime(readConfig(stage.env), { name: 'prove' })
  // Awaited here: the shop is closed as soon as this function is left.
  return await prove(createWorkContext(runtime, 'chaos', 'prove', 'prove'), { atRest: true })
}

/** I8, from the buyers' side. */
async function compareAnswers(stage: Stage, { placements }: History): Promise<Wrong[]> {
  const orders = await stage.sql<{ id: string; cartId: string; total: number }>(
    `select id, cart_id as "cartId", total::int from "order"`,
  )
  const made = new Map(orders.map((order) => [order.cartId, order]))
  const wanted = new Set(placements.map(({ cartId }) => cartId))
  const findings = {
    'A buyer was told of an order that is not there, or not at that sum.': placements
      .filter(({ outcome, orderId, total, cartId }) => {
        const order = made.get(cartId)
        return outcome === 'placed' && (order?.id !== orderId || order?.total !== total)
      })
      .map(({ key }) => key),
    'A buyer paid another sum than they were shown.': placements
      .filter(({ cartId, shown }) => made.has(cartId) && made.get(cartId)?.total !== shown)
      .map(({ key }) => key),
    'A buyer was refused and has an order all the same.': placements
      .filter(({ outcome, cartId }) => outcome === 'refused' && made.has(cartId))
      .map(({ key, reason }) => `${key} (${reason})`),
    'A buyer who asked again was not told what became of their order.': placements
      .filter(({ outcome, cartId }) => outcome === 'unknown' && made.has(cartId))
      .map(({ key, reason }) => `${key} (${reason})`),
    'There is an order that nobody placed.': orders.filter(({ cartId }) => !wanted.has(cartId)).map(({ id }) => id),
  }
  return Object.entries(findings).flatMap(([sentence, offending]) =>
    offending.length === 0 ? [] : [{ id: 'I8' as const, sentence, offending }],
  )
}
