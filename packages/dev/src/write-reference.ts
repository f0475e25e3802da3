import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withReference } from './reference/reference.ts'

/** `pnpm reference`: writes the reference of every procedure into the README. */
const readme = join(import.meta.dirname, '..', '..', '..', 'README.md')
await writeFile(readme, await withReference(await readFile(readme, 'utf8')))
