import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { UsageError } from './failure.ts'
import type { Io } from './io.ts'

/** Asks for a new password twice on a terminal, without showing it; takes the first line of what is piped in. */
export async function readPassword(io: Io, piped: boolean): Promise<string> {
  if (piped || !io.input.isTTY) {
    const [password = ''] = (await text(io.input)).split(/\r?\n/)
    if (password === '') throw new UsageError('Standard input holds no password.')
    return password
  }
  const password = await ask(io, 'Password: ')
  if ((await ask(io, 'Again: ')) !== password) throw new UsageError('The two passwords differ.')
  return password
}

async function ask(io: Io, prompt: string): Promise<string> {
  io.err.write(prompt)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: io.input, output: unseen, terminal: true })
  try {
    const stopped = once(lines, 'SIGINT').then(() => {
      throw new UsageError('Stopped.')
    })
    const [answer] = await Promise.race([once(lines, 'line'), stopped])
    return String(answer)
  } finally {
    lines.close()
    io.err.write('\n')
  }
}
