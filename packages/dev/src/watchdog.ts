import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

type Signal = 'INT' | 'QUIT' | 'TERM' | 'KILL'

/**
 * Waits for the end of its standard input, which the system closes when this process ends, however it ends. The
 * shell leads a session of its own, so what ends a terminal or a whole process group leaves it standing.
 */
const script = 'read -r _; kill -s "$2" -- "$1" && [ "$3" ] && sleep 10 && kill -s "$3" -- "$1"'

/**
 * Once this process is gone, killed by -9 too, sends `first` to the process `target` (to a process group when it is
 * negative), and `then` ten seconds later. Returns what calls it off, to be called as soon as the target has ended.
 */
export function watchdog(target: number, first: Signal, then: Signal | '' = ''): () => void {
  const dog = spawn('sh', ['-c', script, 'sh', String(target), first, then], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  dog.unref()
  if (dog.stdin instanceof Socket) dog.stdin.unref()
  return () => dog.kill('SIGKILL')
}
