import { appRouter, type ProcedureMeta } from '@barrow/api/runtime'
import { schemaText } from './schema-text.ts'

interface Procedure {
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

const code = (text: string) => `\`${text}\``

function describe({ path, type, meta }: Procedure): string {
  const errors = (meta.errors ?? []).map((reason) => `\`${reason.reason}\``).join(', ')
  return [
    `**\`${path}\`** · ${type} · \`${meta.access}\`. ${meta.summary}`,
    '',
    `- in: ${meta.input ? code(schemaText(meta.input, 'input')) : 'nothing'}`,
    `- out: ${meta.output ? code(schemaText(meta.output, 'output')) : 'nothing'}`,
    ...(errors ? [`- errors: ${errors}`] : []),
  ].join('\n')
}

/** The reference of the README: each slice folded, each procedure with its access, input, output and errors. */
export function reference(): string {
  const slices = Map.groupBy(procedures(), ({ path }) => path.split('.')[0] ?? '')
  return [...slices]
    .map(([slice, members]) => {
      const count = `${members.length} procedure${members.length === 1 ? '' : 's'}`
      return `<details><summary><code>${slice}</code>: ${count}</summary>\n\n${members.map(describe).join('\n\n')}\n\n</details>`
    })
    .join('\n')
}

const START = '<!-- reference: written by `pnpm reference` -->'
const END = '<!-- /reference -->'

/** A README with its reference replaced by today's. Throws when the marks are missing. */
export function withReference(readme: string): string {
  const start = readme.indexOf(START)
  const end = readme.indexOf(END)
  if (start === -1 || end < start) throw new Error(`README.md has no ${START} … ${END}`)
  return `${readme.slice(0, start + START.length)}\n${reference()}\n${readme.slice(end)}`
}
