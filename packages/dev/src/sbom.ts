import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './readme.ts'
import { sbom } from './shipped/sbom.ts'

/** `pnpm sbom`: writes the bill of materials of what images and the SDK hold. */
await mkdir(join(root, 'dist'), { recursive: true })
await writeFile(join(root, 'dist', 'sbom.cdx.json'), await sbom())
process.stdout.write('dist/sbom.cdx.json\n')
