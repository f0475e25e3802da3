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
    const choices = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field
    const choice =
      choices instanceof z.ZodEnum ? `One of ${choices.options.map((one) => `\`${one}\``).join(', ')}. ` : ''
    return `| \`${name}\` | ${field.safeParse(undefined).success ? code(defaultOf(field)) : 'required'} | ${choice}${meaning.get(name) ?? ''} |`
  })
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

/** The file `.env.example`: every setting with its default. What has none is left empty, secrets among it. */
export function envExample(): string {
  const meaning = comments()
  const lines = Object.entries(Environment.shape).flatMap(([name, field]) => {
    const said = (meaning.get(name) ?? '').match(/.{1,116}(\s|$)/g) ?? []
    return [...said.map((line) => `# ${line.trimEnd()}`), `${name}=${defaultOf(field)}`, '']
  })
  return `${OPENING}\n\n${lines.join('\n')}`
}

const OPENING = `# Every setting of Barrow, with its default. Secrets are empty here: make SECRET with \`openssl rand -base64 32\`.
# Written by \`pnpm reference\`. Instead of NAME, NAME_FILE may hold the path of a file with the value.`

/** A default that is read into something larger stands in the schema as it is written. */
const isPlain = (value: unknown): boolean => typeof value !== 'object' || Array.isArray(value)

/** As it would be written; nothing where there is none. */
function defaultOf(field: z.ZodType): string {
  const unset = field.safeParse(undefined)
  if (!unset.success) return ''
  const value = isPlain(unset.data) ? unset.data : z.toJSONSchema(field, { io: 'input' }).default
  return value === undefined || value === null ? '' : String(value)
}

const code = (text: string): string => (text === '' ? '' : `\`${text}\``)
