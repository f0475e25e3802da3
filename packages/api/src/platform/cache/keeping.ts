import type { AnyTRPCRouter } from '@trpc/server'
import type { Context } from '../context.ts'
import { policyOf } from '../limits/enforce.ts'
import type { PolicyName } from '../limits/table.ts'
import type { Meta } from '../trpc.ts'
import { kindOf } from './cache.ts'

/** Says of a query whose answers are the same for everybody what they are made of. */
export interface Keeping<View = never> {
  /** The kinds of aggregates: a change of any of them ends the answer. */
  readonly of: readonly string[]
  /** The one aggregate the answer is about: of its kind no other matters. */
  readonly about?: (view: View) => string
  /** Whether it shows how much there is: that changes with every order, so such an answer is kept for a shorter time. */
  readonly showsStock?: true
}

/** What an answer is made of. */
export function sourcesOf<View>({ of, about }: Keeping<View>, view: View): string[] {
  const one = about?.(view)
  return one === undefined ? [...of] : [...of.filter((kind) => kind !== kindOf(one)), one]
}

/** Notes what the answer under way is made of, for whoever keeps it. */
export function noteSources<View>({ sources }: Pick<Context, 'sources'>, keeping: Keeping<View>, view: View): void {
  for (const source of sourcesOf(keeping, view)) sources?.add(source)
}

/** A query whose answers are kept. */
export interface KeptQuery {
  readonly keeping: Keeping
  /** By which policy its calls are counted. */
  readonly policy: PolicyName
}

/** The queries whose answers are kept, by their names. */
export function keptQueries(router: AnyTRPCRouter): ReadonlyMap<string, KeptQuery> {
  // At run time tRPC keeps the procedures in one flat record by path.
  const procedures = Object.entries(router._def.procedures as Record<string, { _def: { meta?: Meta } }>)
  return new Map(
    procedures.flatMap(([name, { _def }]) => {
      const { kept: keeping, limit } = _def.meta ?? {}
      return keeping === undefined ? [] : [[name, { keeping, policy: policyOf(limit) }]]
    }),
  )
}

/** The kinds of aggregates that kept answers are made of. */
export const kindsOf = (queries: ReadonlyMap<string, KeptQuery>): ReadonlySet<string> =>
  new Set([...queries.values()].flatMap(({ keeping }) => keeping.of))
