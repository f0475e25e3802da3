import { STATUS_CODES } from 'node:http'
import { codeOf, codesOfKinds, codesOfReasons, ofAnyCall } from '@barrow/api/rest-codes'
import type { ProcedureMeta } from '@barrow/api/runtime'
import { procedures } from './procedures.ts'

/** The routes of a procedure, as they stand beside it. */
export function routesOf({ rest }: ProcedureMeta): readonly string[] {
  if (typeof rest === 'string') return [rest]
  return rest !== undefined && !('none' in rest) ? rest : []
}

const code = (text: string) => `\`${text}\``

/** The table of errors and HTTP codes of the README: each kind, the reasons that procedures declare of it, its code. */
export function codesTable(): string {
  const told = [...ofAnyCall, ...procedures().flatMap(({ meta }) => meta.errors ?? [])]
  const reasons = new Map(told.map((one) => [one.reason, one]))
  const rows = Object.entries(codesOfKinds).map(([kind, status]): [number, string, string[]] => {
    const declared = [...reasons.values()].filter((one) => one.kind === kind && codeOf(one) === status)
    return [status, code(kind), declared.map(({ reason }) => code(reason)).sort()]
  })
  const own = Object.entries(codesOfReasons).map(([reason, status]): [number, string, string[]] => [
    status,
    '',
    [code(reason)],
  ])
  const lines = [...own, ...rows]
    .sort(([a], [b]) => a - b)
    .map(([status, kind, list]) => `| ${status} ${STATUS_CODES[status]} | ${kind} | ${list.join(', ')} |`)
  const plain = '405, 413, 414 and 415 are `bad_request` too: of the method, the size, the address, the type.'
  return ['| code | kind of error | reasons |', '| --- | --- | --- |', ...lines, '', plain].join('\n')
}
