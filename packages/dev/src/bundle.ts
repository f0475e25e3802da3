import { join } from 'node:path'
import { bundle, programs } from './bundling/bundle.ts'

/** `pnpm bundle`: writes each program to a folder of `dist/`. */
const root = join(import.meta.dirname, '..', '..', '..')

for (const program of programs) {
  const folder = join(root, 'dist', program)
  await bundle(program, folder)
  process.stdout.write(`dist/${program}: node dist/${program}/main.mjs\n`)
}
