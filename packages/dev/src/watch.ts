import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'

export interface WatchOptions {
  readonly folders: readonly string[]
  /** Called with the changed paths once the folders have been quiet for a moment, never while it still runs. */
  readonly onChange: (paths: readonly string[]) => Promise<void>
  /** Receives what `onChange` throws, and why a folder cannot be watched. */
  readonly onError: (error: unknown) => void
}

const quiet = 100
const isSource = (name: string) => /\.(ts|json|sql|env)$/.test(name) && !/\.test\.ts$/.test(name)
const isIgnored = (name: string) => name.startsWith('.') || name === 'node_modules' || name === 'dist'

/** Watches folders and all below for changes to source files. Returns what ends it. */
export function watchFolders({ folders, onChange, onError }: WatchOptions): () => void {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let busy = false

  const flush = async () => {
    if (busy || changed.size === 0) return
    busy = true
    const paths = [...changed].sort()
    changed.clear()
    await onChange(paths).catch(onError)
    busy = false
    await flush()
  }
  const tree = watchTree(onError, (path) => {
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(flush, quiet)
  })
  for (const folder of folders) tree.add(folder)
  return () => {
    clearTimeout(timer)
    changed.clear()
    tree.close()
  }
}

/**
 * One watch a folder. `fs.watch` with `recursive` watches each file on Linux and loses it for good when an editor saves
 * by renaming a new file over it (Node 24).
 */
function watchTree(onError: (error: unknown) => void, onFile: (path: string) => void) {
  const watchers = new Map<string, FSWatcher>()

  /** Returns the source files found below. */
  function add(folder: string): string[] {
    const watcher = watch(folder, (_, name) => name !== null && !isIgnored(name) && look(join(folder, name), name))
    watcher.on('error', onError)
    watchers.set(folder, watcher)
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (isIgnored(entry.name)) return []
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return add(path)
      return isSource(entry.name) ? [path] : []
    })
  }
  function remove(folder: string): boolean {
    const inside = [...watchers].filter(([path]) => `${path}/`.startsWith(`${folder}/`))
    for (const [path, watcher] of inside) {
      watcher.close()
      watchers.delete(path)
    }
    return inside.length > 0
  }
  function look(path: string, name: string): void {
    try {
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
      // A folder of a known name may be another one now, so it is always watched anew.
      const wasFolder = remove(path)
      if (isFolder) for (const file of add(path)) onFile(file)
      else if (wasFolder || isSource(name)) onFile(path)
    } catch (error) {
      // It was gone again before it could be read; what is left of it is seen through its parent.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onError(error)
    }
  }
  const close = () => {
    for (const watcher of watchers.values()) watcher.close()
  }
  return { add, close }
}
