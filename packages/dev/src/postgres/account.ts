import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nativeFolder } from './binaries.ts'
import { sharedBinaries } from './shared-binaries.ts'

const run = promisify(execFile)

/**
 * How PostgreSQL's programs are run, since they refuse to run as root:
 *
 * - a plain user runs them as they are;
 * - root runs them in a user namespace in which root's own files belong to `nobody`, so that programs and data may lie
 *   in a folder that only root may enter;
 * - where user namespaces are refused, root runs a copy of them as `nobody`, with the data under `/var/tmp`.
 */
export interface Account {
  /** Folder of `initdb` and `postgres` that this account can reach. */
  readonly bin: string
  readonly prefix: readonly string[]
  /** Set when the programs run as another user, who must own what they write. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** The account for a cluster that does not exist yet and would best be created in `parent`. */
export async function accountForNew(parent: string): Promise<Account> {
  if (!isRoot() && hasName()) return plain()
  const namespace = inNamespace()
  if (await canReach(namespace, parent)) return namespace
  return isRoot() ? await asUser(nobody()) : plain()
}

/** The account of an existing cluster: its server runs as whoever owns its folder. Throws when that cannot be. */
export async function accountOf(home: string): Promise<Account> {
  if (!isRoot()) return plain()
  const { uid, gid } = await stat(home)
  if (uid !== 0) return await asUser({ uid, gid })
  const namespace = inNamespace()
  if (await canReach(namespace, home)) return namespace
  throw new Error(
    `${home} belongs to root, but PostgreSQL refuses to run as root and user namespaces are not available here. ` +
      'Allow them (sysctl user.max_user_namespaces), or delete the folder to start with an empty database.',
  )
}

const isRoot = () => process.getuid?.() === 0

/** initdb looks its user up by number; a container may run under a number that has no name. */
function hasName(): boolean {
  try {
    userInfo()
    return true
  } catch {
    return false
  }
}

const plain = (): Account => ({ bin: join(nativeFolder(), 'bin'), prefix: [] })

function inNamespace(): Account {
  const { uid, gid } = nobody()
  return { ...plain(), prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] }
}

async function asUser(user: { uid: number; gid: number }): Promise<Account> {
  return { bin: join(await sharedBinaries(nativeFolder()), 'bin'), prefix: [], user }
}

/** In a user namespace root loses its right to pass every door, so what it will need is tried first. */
async function canReach(account: Account, folder: string): Promise<boolean> {
  const [command = '', ...args] = account.prefix
  const probe = ['sh', '-c', 'test -x "$1" && test -w "$2"', 'sh', join(account.bin, 'postgres'), folder]
  return await run(command, [...args, ...probe]).then(
    () => true,
    () => false,
  )
}

function nobody(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(-?\d+):(-?\d+):/m)
  if (!line) throw new Error('PostgreSQL refuses to run as root, and this machine has no user `nobody` to run it as.')
  return { uid: Number(line[1]), gid: Number(line[2]) }
}
