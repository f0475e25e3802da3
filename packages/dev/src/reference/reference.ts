import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { root } from '../readme.ts'
import { limitsTable } from './limits.ts'
import { metricsTable } from './metrics.ts'
import { type Procedure, procedures } from './procedures.ts'
import { codesTable, routesOf } from './rest.ts'
import { retentionTable } from './retention.ts'
import { schemaText } from './schema-text.ts'
import { settingsTable } from './settings.ts'

/** The views that the slices give a name to. */
async function views(): Promise<Map<z.ZodType, { name: string; slice: string }>> {
  const shop = join(root, 'packages/api/src/shop')
  const files = globSync('*/*schema.ts', { cwd: shop }).sort()
  const found = new Map<z.ZodType, { name: string; slice: string }>()
  for (const file of files) {
    const module: Record<string, unknown> = await import(join(shop, file))
    for (const [name, value] of Object.entries(module)) {
      if (value instanceof z.ZodObject && !found.has(value)) found.set(value, { name, slice: dirname(file) })
    }
  }
  return found
}

const code = (text: string) => `\`${text}\``

/** The reference of the README: each slice folded, each procedure with its access, input, output and errors. */
export async function reference(): Promise<string> {
  const all = procedures()
  const outputs = all.flatMap(({ meta }) => (meta.output ? [...inside(meta.output)] : []))
  const named = [...(await views())].filter(([view]) => outputs.includes(view))
  const names = new Map<unknown, string>(named.map(([view, { name }]) => [view, name]))

  const output = (schema: z.ZodType) => names.get(schema) ?? schemaText(schema, 'output', names)
  const describe = ({ path, type, meta }: Procedure) => {
    const errors = (meta.errors ?? []).map((reason) => code(reason.reason)).join(', ')
    return [
      `**\`${path}\`** · ${type} · \`${meta.access}\`${meta.recentLogin ? ' · recent login' : ''}. ${meta.summary}`,
      '',
      `- in: ${meta.input ? code(schemaText(meta.input, 'input')) : 'nothing'}`,
      `- out: ${meta.output ? code(output(meta.output)) : 'nothing'}`,
      ...routesOf(meta).map((route) => `- rest: ${code(route)}`),
      ...(errors ? [`- errors: ${errors}`] : []),
    ].join('\n')
  }
  const folded = (title: string, body: readonly string[]) =>
    `<details><summary>${title}</summary>\n\n${body.join('\n\n')}\n\n</details>`

  const slices = Map.groupBy(all, ({ path }) => path.split('.')[0] ?? '')
  const definitions = named.map(([view, { name }]) => `**\`${name}\`** \`${schemaText(view, 'output', names)}\``).sort()
  return [
    ...[...slices].map(([slice, members]) =>
      folded(
        `<code>${slice}</code>: ${members.length} procedure${members.length === 1 ? '' : 's'}`,
        members.map(describe),
      ),
    ),
    folded('the views they answer with', definitions),
  ].join('\n')
}

/** A schema and what it is made of, as far as lists and alternatives go. */
function* inside(schema: z.core.$ZodType): Generator<unknown> {
  yield schema
  if (schema instanceof z.ZodObject) for (const field of Object.values(schema.shape)) yield* inside(field)
  if (schema instanceof z.ZodArray) yield* inside(schema.element)
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) yield* inside(schema.unwrap())
  if (schema instanceof z.ZodUnion) for (const option of schema.options) yield* inside(option)
}

/** A text with what stands between the two marks of a part replaced. Throws when the marks are missing. */
function withPart(text: string, part: string, content: string): string {
  const opening = `<!-- ${part}: written by \`pnpm reference\` -->`
  const start = text.indexOf(opening)
  const end = text.indexOf(`<!-- /${part} -->`)
  if (start === -1 || end < start) throw new Error(`README.md has no ${opening} … <!-- /${part} -->`)
  return `${text.slice(0, start + opening.length)}\n${content}\n${text.slice(end)}`
}

/** A README with its settings, its limits and its reference replaced by those of the code. */
export async function withReference(readme: string): Promise<string> {
  const parts = {
    configuration: settingsTable(),
    limits: limitsTable(),
    metrics: metricsTable(),
    retention: retentionTable(),
    codes: codesTable(),
    reference: await reference(),
  }
  return Object.entries(parts).reduce((text, [part, content]) => withPart(text, part, content), readme)
}
