import { appRouter, type ProcedureMeta } from '@barrow/api/runtime'

export interface Procedure {
  readonly path: string
  readonly type: string
  readonly meta: ProcedureMeta
}

/** Every procedure of the router, by path. */
export function procedures(): Procedure[] {
  // At run time tRPC keeps the procedures in one flat record by path; its types show them nested, for callers.
  const flat = appRouter._def.procedures as unknown as Record<string, { _def: { type: string; meta: ProcedureMeta } }>
  return Object.entries(flat)
    .map(([path, { _def }]) => ({ path, type: _def.type, meta: _def.meta }))
    .sort((a, b) => a.path.localeCompare(b.path))
}
