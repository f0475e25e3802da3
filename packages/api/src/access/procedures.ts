import type { Access } from '../platform/actor.ts'
import type { Meta } from '../platform/trpc.ts'
import { appRouter } from '../runtime.ts'

export interface Known {
  readonly path: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly meta: Meta & { access: Access }
}

/** Every procedure there is. At run time tRPC keeps them in one flat record by path; its types show them nested. */
export const procedures: readonly Known[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: Omit<Known, 'path'> }>,
).map(([path, { _def }]) => ({ path, type: _def.type, meta: _def.meta }))
