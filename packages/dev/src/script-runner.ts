import { commandOf, parentOf } from './process-command.ts'

const isShell = /^(\S*\/)?(sh|bash|dash|zsh)(\s|$)/
const isRunner = /^(\S*node\s+)?(\S*\/)?(npm|npx|pnpm)(-cli)?(\.c?js)?(\s|$)/

/**
 * Calls `then` once npx, npm or pnpm, whichever of them was asked to run this script, is gone. They put shells between
 * and pass signals to none or to the nearest of those, so what was meant for this process would never reach it. Ctrl-C
 * needs none of this: a terminal sends it to all. Returns what calls it off.
 */
export function whenScriptRunnerEnds(then: () => void): () => void {
  const runner = outermostRunner()
  if (runner === undefined) return () => {}
  const timer = setInterval(() => {
    if (commandOf(runner) !== undefined) return
    clearInterval(timer)
    then()
  }, 500).unref()
  return () => clearInterval(timer)
}

/**
 * The one furthest up before a program of another kind, which may run scripts for reasons of its own. Undefined when none
 * is above this process: then whoever started it may end and leave it running.
 */
function outermostRunner(): number | undefined {
  let runner: number | undefined
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    const command = commandOf(pid) ?? ''
    if (isRunner.test(command)) runner = pid
    else if (!isShell.test(command)) break
  }
  return runner
}
