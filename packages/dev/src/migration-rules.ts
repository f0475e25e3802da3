/** What the version before could not bear while the new one rolls out. */
const breaking: readonly [string, RegExp][] = [
  ['drops', /\bdrop\s+(table|column|constraint|index|type|view|schema|default)\b/i],
  ['renames', /\brename\s+(to|column|constraint)\b/i],
  ['changes a type', /\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b/i],
  ['forbids null', /\bset\s+not\s+null\b/i],
  ['truncates', /\btruncate\b/i],
]
const addedColumn = /\badd\s+column\s+(?:"[^"]*"|\S+)([^;]*?)(?=,\s*add\s|,\s*drop\s|;|`|$)/gi

/**
 * Statements of a migration's source that need another release to have gone before them, unless the line above says
 * `// contract:` and why nothing needs any more what they take away.
 */
export function breaks(source: string): string[] {
  return [...source.matchAll(/( *\/\/ contract: .+\n)?\s*this\.addSql\(\s*(`[^`]*`|'[^']*'|"[^"]*")/g)].flatMap(
    ([, contract, sql = '']) => {
      if (contract !== undefined) return []
      const found = breaking.flatMap(([what, pattern]) => (pattern.test(sql) ? [what] : []))
      const bare = [...sql.matchAll(addedColumn)].some(
        ([, column = '']) => /\bnot\s+null\b/i.test(column) && !/\b(default|generated|serial)\b/i.test(column),
      )
      return [...found, ...(bare ? ['adds a column that old rows cannot have'] : [])].map((what) => `${what}: ${sql}`)
    },
  )
}
