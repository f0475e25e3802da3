import { readFileSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../readme.ts'

/** A package of somebody else's that reaches an image or a user of the SDK. */
export interface Shipped {
  readonly name: string
  readonly version: string
  /** An SPDX expression, or what its author wrote instead. */
  readonly licence: string
  /** Keys of the packages it needs: `name@version`. */
  readonly needs: readonly string[]
}

export interface Installed {
  readonly name: string
  readonly folder: string
}

const { overrides = {} }: { overrides?: Record<string, string> } = parse(
  readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'),
)

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string | { readonly type?: string }
  readonly licenses?: readonly { readonly type: string }[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))

/**
 * What a package needs to run, as far as it is installed for this machine: pnpm puts a package beside what it depends on,
 * but for the packages of this repository, which have a folder of their own for that.
 */
export async function needsOf({ name, folder }: Installed): Promise<Installed[]> {
  const { dependencies = {}, optionalDependencies = {} } = await read(folder)
  const beside = name.startsWith('@barrow/') ? 'node_modules' : name.replaceAll(/[^/]+/g, '..')
  const found = Object.keys({ ...dependencies, ...optionalDependencies }).map(async (other) => {
    try {
      return [{ name: other, folder: await realpath(join(folder, beside, other)) }]
    } catch (error) {
      if (other in optionalDependencies || overrides[`${name}>${other}`] === '-') return []
      throw new Error(`${name} needs ${other}, which is not installed`, { cause: error })
    }
  })
  return (await Promise.all(found)).flat()
}

/** What is not ours in the images and in the SDK, by `name@version`, in the order of the alphabet. */
export async function shipped(): Promise<ReadonlyMap<string, Shipped>> {
  const found = new Map<string, Shipped>()
  const visited = new Set<string>()
  async function visit(installed: Installed): Promise<string[]> {
    const manifest = await read(installed.folder)
    const key = `${manifest.name}@${manifest.version}`
    const ours = manifest.name.startsWith('@barrow/')
    if (!visited.has(key)) {
      visited.add(key)
      const needs: string[] = []
      for (const needed of await needsOf(installed)) needs.push(...(await visit(needed)))
      const { name, version } = manifest
      if (!ours) found.set(key, { name, version, licence: licenceOf(manifest), needs: needs.sort() })
    }
    return ours ? [] : [key]
  }
  for (const name of ['api', 'worker', 'cli', 'sdk'])
    await visit({ name: `@barrow/${name}`, folder: join(root, 'packages', name) })
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function licenceOf({ license, licenses = [] }: Manifest): string {
  if (typeof license === 'string') return license
  return license?.type ?? (licenses.map(({ type }) => type).join(' OR ') || 'unknown')
}
