import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { envExampleFile } from './readme.ts'
import { withReference } from './reference/reference.ts'
import { envExample } from './reference/settings.ts'

/** `pnpm reference`: writes the reference of every procedure into the README, and every setting into `.env.example`. */
const readme = join(import.meta.dirname, '..', '..', '..', 'README.md')
await writeFile(readme, await withReference(await readFile(readme, 'utf8')))
await writeFile(envExampleFile, envExample())
