import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Slim images of Linux have no `ps`.
const isLinux = process.platform === 'linux'

// At once, since whoever asks wants to know how things are before they change.

/** The command line of a living process, or undefined when there is none (a zombie is not living). */
export function commandOf(pid: number): string | undefined {
  const command = known(() => (isLinux ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ps(pid, 'command=')))
  return command.replaceAll('\0', ' ').trim() || undefined
}

/** The process that started another or adopted it; 0 when there is none. */
export function parentOf(pid: number): number {
  if (!isLinux) return Number(known(() => ps(pid, 'ppid=')))
  // In Linux's line the parent follows the state, which follows the name, which may itself hold spaces and brackets.
  const line = known(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return Number(line.slice(line.lastIndexOf(')')).split(' ')[2] ?? 0)
}

const ps = (pid: number, column: string): string =>
  execFileSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' })

/** Of a process that is not there any more nothing is known. */
function known(look: () => string): string {
  try {
    return look()
  } catch {
    return ''
  }
}
