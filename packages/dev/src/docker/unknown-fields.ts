import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { complaintsOf } from '../test-checkout.ts'
import type { Manifest } from './manifests.ts'

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
}

/** What the compiler says of manifests written as values of their kinds' types, which know each field by its name. */
export async function unknownFields(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = join(import.meta.dirname, '..', '..', '.barrow', `manifests-${process.pid}`)
  await mkdir(folder, { recursive: true })
  try {
    const values = manifests.map((manifest, n) => {
      const type = `import('kubernetes-models/${manifest.apiVersion}').I${manifest.kind}`
      return `export const manifest${n}: ${type} = ${JSON.stringify(manifest)}\n`
    })
    await writeFile(join(folder, 'manifests.ts'), values.join(''))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['manifests.ts'] }))
    return await complaintsOf(folder, 'tsconfig.json')
  } finally {
    await rm(folder, { recursive: true })
  }
}
