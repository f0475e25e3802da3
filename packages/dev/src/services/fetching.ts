import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A registry that takes connections and sends nothing is given up on after this. */
const patience = 15 * 60_000

/** Runs a program that fetches something. Throws one message that names it, with the end of what the program said. */
export async function fetching(
  what: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  try {
    await run(program, args, { env, timeout: patience, maxBuffer: 64 * 1024 * 1024 })
  } catch (error) {
    throw new Error(`Cannot fetch ${what}: ${explain(program, error as FailedRun)}`, { cause: error })
  }
}

/** How `execFile` fails. */
type FailedRun = NodeJS.ErrnoException & { stdout?: string; stderr?: string; killed?: boolean }

function explain(program: string, { code, message, stdout = '', stderr = '', killed }: FailedRun): string {
  if (code === 'ENOENT') return `this machine has no ${program}; install it.`
  if (killed) return `${program} got nowhere in ${patience / 60_000} minutes.`
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
  // The first complaint is what went wrong; the rest is how to get help with it.
  const first = said.findIndex((line) => /error|^E:/i.test(line))
  return said.slice(Math.max(first, 0)).slice(0, 5).join('\n') || message
}
