import { permissions } from '../platform/actor.ts'

/** Who got through a procedure's door: the names of people. */
export type Opened = ReadonlyMap<string, ReadonlySet<string>>

/** What staff or keys need: nothing, one of some permissions, or all the power there is. */
function needs(kind: 'staff' | 'key', opened: ReadonlySet<string>): string {
  if (opened.has(kind)) return 'any'
  const enough = permissions.filter((one) => opened.has(`${kind} ${one}`))
  if (enough.length > 0) return enough.join(', ')
  return opened.has(`${kind} with all`) ? 'all' : ''
}

/** The matrix as a page: a line for each procedure, a column for each kind of caller. */
export function matrixPage(opened: Opened): string {
  const yes = (names: ReadonlySet<string>, name: string) => (names.has(name) ? 'yes' : '')
  const rows = [...opened].map(([path, names]) =>
    [
      `\`${path}\``,
      yes(names, 'anonymous') === yes(names, 'guest') ? yes(names, 'guest') : 'one of the two',
      yes(names, 'customer'),
      needs('staff', names),
      yes(names, 'admin'),
      needs('key', names),
      yes(names, 'system'),
    ].join(' | '),
  )
  return `# Who may call what

Seen from outside: every procedure was called by everybody, over HTTP. Staff and keys: \`any\`, or the permissions of which
one is enough; empty where no permission is. Written by \`vitest run src/access -u\`.

| procedure | guest | customer | staff | admin | key | system |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}
`
}
