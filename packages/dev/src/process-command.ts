import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
// Slim images of Linux have no `ps`.
const isLinux = process.platform === 'linux'

/** The command line of a living process, or undefined when there is none (a zombie is not living). */
export async function commandOf(pid: number): Promise<string | undefined> {
  const command = isLinux ? readFile(`/proc/${pid}/cmdline`, 'utf8') : ps(pid, 'command=')
  return (await command.catch(() => '')).replaceAll('\0', ' ').trim() || undefined
}

/** The process that started another or adopted it; 0 when there is none. */
export async function parentOf(pid: number): Promise<number> {
  // In Linux's line the parent follows the state, which follows the name, which may itself hold spaces and brackets.
  const parent = isLinux
    ? readFile(`/proc/${pid}/stat`, 'utf8').then((line) => line.slice(line.lastIndexOf(')')).split(' ')[2])
    : ps(pid, 'ppid=')
  return Number(await parent.catch(() => 0))
}

async function ps(pid: number, column: string): Promise<string> {
  return (await run('ps', ['-ww', '-o', column, '-p', String(pid)])).stdout
}
