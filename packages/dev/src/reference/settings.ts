import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Environment } from '@barrow/api/runtime'
import { z } from 'zod'
import { root } from '../readme.ts'

const platform = join(root, 'packages/api/src/platform')

/** What the comments in the code say of each setting. */
function comments(): Map<string, string> {
  const sources = globSync('{config,*-settings}.ts', { cwd: platform }).map((file) =>
    readFileSync(join(platform, file), 'utf8'),
  )
  const documented = sources.join('\n').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}([A-Z][A-Z0-9_]+):/g)
  const plain = (comment: string) =>
    comment
      .replaceAll(/\n\s*\*/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
  return new Map([...documented].map(([, comment = '', name = '']) => [name, plain(comment)]))
}

/** The table of settings of the README: name, default, meaning. */
export function settingsTable(): string {
  const meaning = comments()
  const rows = Object.entries(Environment.shape).map(([name, field]) => {
    const unset = field.safeParse(undefined)
    const choices = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field
    const choice =
      choices instanceof z.ZodEnum ? `One of ${choices.options.map((one) => `\`${one}\``).join(', ')}. ` : ''
    return `| \`${name}\` | ${unset.success ? code(isPlain(unset.data) ? unset.data : z.toJSONSchema(field, { io: 'input' }).default) : 'required'} | ${choice}${meaning.get(name) ?? ''} |`
  })
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

/** A default that is read into something larger stands in the schema as it is written. */
const isPlain = (value: unknown): boolean => typeof value !== 'object' || Array.isArray(value)

const code = (value: unknown): string => {
  const text = value === undefined ? '' : String(value)
  return text === '' ? '' : `\`${text}\``
}
