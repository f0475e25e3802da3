import { cp, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Copies a package that `from` depends on, and what it depends on itself as far as it is installed for this machine. */
export async function carry(name: string, from: string, to: string): Promise<void> {
  await copy(await realpath(join(from, 'node_modules', name)), name, to)
}

async function copy(folder: string, name: string, to: string): Promise<void> {
  await cp(folder, join(to, name), { recursive: true, filter: (path) => !path.endsWith('.map') })
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  // A package.json that pnpm has installed.
  const { dependencies = {}, optionalDependencies = {} } = manifest as Record<string, Record<string, string>>
  // pnpm puts a package beside what it depends on.
  const beside = join(folder, ...name.split('/').map(() => '..'))
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const place = await realpath(join(beside, other)).catch((error: unknown) => {
      if (other in optionalDependencies) return undefined
      throw new Error(`${name} needs ${other}, which is not installed in ${dirname(beside)}`, { cause: error })
    })
    if (place !== undefined) await copy(place, other, to)
  }
}
