import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate, openSchema } from '@barrow/api/runtime'
import { createTestDatabase } from './test-database.ts'
import { startTestServer } from './test-server.ts'

/** `pnpm migration <name>`: writes the migration that brings today's schema to today's entities, and lists it. */
const name = process.argv[3] ?? ''
if (!/^[a-z][a-z0-9-]{0,60}$/.test(name)) {
  process.stderr.write('Name the migration in lower case words joined by hyphens: pnpm migration add-brands\n')
  process.exit(2)
}

const root = join(import.meta.dirname, '..', '..', '..')
const folder = join(root, 'packages', 'api', 'migrations')
await using server = await startTestServer()
await using database = await createTestDatabase({ serverUrl: server.url, template: 'template0' })
await migrate(database.url)
await using schema = await openSchema(database.url)
const statements = await schema.difference()
if (statements.length === 0) {
  process.stdout.write('The schema is that of the entities already: nothing to migrate.\n')
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const file = `${stamp}_${name.replaceAll('-', '_')}`
  await writeFile(join(folder, `${file}.ts`), source(`Migration${stamp}`, statements), { flag: 'wx' })
  const index = join(folder, 'index.ts')
  await writeFile(index, listed(await readFile(index, 'utf8'), file, `Migration${stamp}`))
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', folder], { cwd: root, stdio: 'ignore' })
  process.stdout.write(`packages/api/migrations/${file}.ts: read it before you commit it.\n`)
}

function source(className: string, statements: readonly string[]): string {
  const quote = (sql: string) => sql.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
  const lines = statements.map((sql) => `    this.addSql(\`${quote(sql)}\`)\n`).join('')
  return `import { Migration } from '@mikro-orm/migrations'\n\nexport class ${className} extends Migration {\n  override up(): void {\n${lines}  }\n}\n`
}

function listed(index: string, file: string, className: string): string {
  const withImport = index.replace(/\n\n/, `\nimport { ${className} } from './${file}.ts'\n\n`)
  return withImport.replace(/,?\s*\]\s*$/, `,\n  { name: '${file}', class: ${className} },\n]\n`)
}
