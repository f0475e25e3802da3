import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { run } from './run.ts'

/** What a command wrote, and the status it ended with. */
export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

interface World {
  readonly input?: string
  readonly root?: string
  /** Ctrl-C. */
  readonly interrupted?: AbortSignal
  /** Hears everything written to standard output, as it is written. */
  readonly onOut?: (text: string) => void
  readonly onErr?: (text: string) => void
}

/** Runs a command line with these settings, nothing else of this machine, and `input` piped in. */
export async function runWith(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { input = '', root = join(tmpdir(), 'no-such-checkout'), interrupted, onOut, onErr }: World = {},
): Promise<Ran> {
  const [out, err] = [collector(onOut), collector(onErr)]
  const status = await run(args, {
    env,
    root,
    input: Readable.from([input]),
    out: out.stream,
    err: err.stream,
    interrupted: () => interrupted ?? new AbortController().signal,
  })
  return { status, out: out.text(), err: err.text() }
}

function collector(hear: (text: string) => void = () => {}) {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      hear(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}
