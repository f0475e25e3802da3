import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, lstat, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Copies PostgreSQL (60 MB, once per version) to where any user of this machine may run it, and returns that folder.
 * Throws when the place is taken by a folder that somebody other than root could have filled.
 */
export async function sharedBinaries(native: string): Promise<string> {
  const manifest = await readFile(join(native, '..', 'package.json'))
  const target = `/var/tmp/barrow-postgresql-${createHash('sha256').update(manifest).digest('hex').slice(0, 12)}`
  if (await isOurs(target)) return target

  const fresh = await mkdtemp(`${target}.new-`)
  try {
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
    await chmod(fresh, 0o755)
    // A strict umask at installation would have left the programs readable to root alone.
    await run('chmod', ['-R', 'a+rX,go-w', fresh])
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another process may have finished first.
    if (!(await isOurs(target))) throw error
  }
  return target
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  if (!found) return false
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return true
  throw new Error(`${folder} is not a folder that only root may write. Remove it and start again.`)
}
