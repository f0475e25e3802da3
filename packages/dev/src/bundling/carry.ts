import { cp, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Installed, needsOf } from '../shipped/packages.ts'

/** Copies a package that `from` depends on, and what it depends on itself. */
export async function carry(name: string, from: string, to: string): Promise<void> {
  await copy({ name, folder: await realpath(join(from, 'node_modules', name)) }, to)
}

async function copy(installed: Installed, to: string): Promise<void> {
  await cp(installed.folder, join(to, installed.name), { recursive: true, filter: (path) => !path.endsWith('.map') })
  for (const needed of await needsOf(installed)) await copy(needed, to)
}
