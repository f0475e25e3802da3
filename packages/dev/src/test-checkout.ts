import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** A copy of the sources to write in: what is installed is shared with the real one. */
export interface Checkout extends AsyncDisposable {
  readonly root: string
  write(file: string, text: string): Promise<void>
  /** Replaces the first match of `find`, and fails where there is none. */
  edit(file: string, find: RegExp, replacement: string): Promise<void>
  /** Checks these files and all they import; answers the compiler's complaints, a line each. */
  complaints(files: readonly string[], options?: Record<string, unknown>): Promise<string[]>
}

export async function checkout(): Promise<Checkout> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'barrow-checkout-')))
  await cp(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(\.vite|\.vitest|dist|\.turbo|\.barrow)$/.test(path),
  })
  await cp(join(root, 'tsconfig.json'), join(copy, 'tsconfig.json'))
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))

  const write: Checkout['write'] = async (file, text) => {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    await writeFile(join(copy, file), text)
  }
  return {
    root: copy,
    write,
    async edit(file, find, replacement) {
      const before = await readFile(join(copy, file), 'utf8')
      const after = before.replace(find, replacement)
      if (after === before) throw new Error(`${file} has no ${find}`)
      await write(file, after)
    },
    async complaints(files, options = {}) {
      const project = { extends: './tsconfig.json', compilerOptions: options, files }
      await write('tsconfig.complaints.json', JSON.stringify(project))
      return complaintsOf(copy, 'tsconfig.complaints.json')
    },
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true }),
  }
}

/** Runs the compiler in a folder; answers its complaints, a line each. */
export async function complaintsOf(folder: string, project: string): Promise<string[]> {
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: folder })
    return []
  } catch (error) {
    // The compiler says what is wrong on its standard output; without any it failed for another reason.
    if (!(error instanceof Error) || !('stdout' in error) || typeof error.stdout !== 'string' || error.stdout === '')
      throw error
    return error.stdout.split('\n').filter((line) => /: error TS\d+/.test(line))
  }
}
