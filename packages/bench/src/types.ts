import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { checkout } from '@barrow/dev/test-checkout'
import { haveManyProcedures } from '@barrow/dev/test-many-procedures'
import { z } from 'zod'
import { median } from './report.ts'
import { root } from './target.ts'
import { columns } from './text-table.ts'

interface Compiling {
  readonly times: number
  say(line: string): void
}

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const CONSUMER = 'packages/sdk/consumer.ts'

/** What somebody writes who uses the SDK; the last line is what an editor completes. */
const consumer = (slice: string, procedure: string) => `import { createBarrow } from './src/index.ts'
const barrow = createBarrow({ url: 'http://localhost:4000' })
export const page = await barrow.${slice}.${procedure}.query({ limit: 1 })
export const ids = page.rows.map((row) => row.id)
`

/**
 * How long the compiler takes: for this repository, for a program that uses the SDK of a shop with 300 procedures more, and
 * in an editor until such a program's next word is offered. The SDK is read as its sources are, not as it is packed: a
 * program of another repository has less to read.
 */
export async function types({ times, say }: Compiling): Promise<void> {
  const repository: number[] = []
  const checks: number[] = []
  const first: number[] = []
  const next: number[] = []
  await using copy = await checkout()
  const [slice = ''] = await haveManyProcedures(copy)
  const text = consumer(slice, 'list')
  await copy.write(CONSUMER, text)
  for (let n = 0; n < times; n += 1) {
    repository.push(await timed(checkAll))
    checks.push(await timed(async () => complain(await copy.complaints([CONSUMER]))))
    const began = performance.now()
    await using editor = await openEditor(copy.root)
    const file = pathToFileURL(join(copy.root, CONSUMER)).href
    offers(await editor.complete(file, `${text}barrow.`), slice)
    first.push(performance.now() - began)
    next.push(await timed(async () => offers(await editor.complete(file, `${text}barrow.${slice}.`), 'verb0')))
    say(`Round ${n + 1} measured.`)
  }
  const row = (what: string, all: readonly number[]) => [what, (median(all) / 1000).toFixed(2)]
  const rows = [
    row('the repository, a package after the other', repository),
    row('a program of a shop with 300 procedures more', checks),
    row('an editor that was just opened: barrow.', first),
    row('the next word: barrow.thing0.', next),
  ]
  say(columns(['compiling', 'seconds'], rows))
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function checkAll(): Promise<void> {
  for (const name of await readdir(join(root, 'packages')))
    await promisify(execFile)(process.execPath, [tsc, '--noEmit'], { cwd: join(root, 'packages', name) })
}

function complain(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
}

function offers(labels: readonly string[], name: string): void {
  if (!labels.includes(name)) throw new Error(`the editor offers ${labels.join(', ')}, and not ${name}`)
}

interface Answer {
  readonly result?: unknown
  readonly error?: unknown
}

const Completions = z.object({ items: z.array(z.object({ label: z.string() })) })

interface Editor extends AsyncDisposable {
  /** What is offered at the end of a file that holds this text. */
  complete(file: string, text: string): Promise<string[]>
}

/** The compiler as editors run it, asked as they ask (Language Server Protocol 3.17). */
async function openEditor(folder: string): Promise<Editor> {
  const server = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(server, 'exit')
  const waiting = new Map<number, (answer: Answer) => void>()
  let read = Buffer.alloc(0)
  let id = 0

  const write = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const tell = (method: string, params: object) => write({ method, params })
  const ask = (method: string, params: object) =>
    Promise.race([
      new Promise<Answer>((answered) => {
        id += 1
        waiting.set(id, answered)
        write({ id, method, params })
      }),
      ended.then(([code]): never => {
        throw new Error(`the compiler ended with ${code}`)
      }),
    ])
  const hear = (message: Answer & { id?: number; method?: string }) => {
    if (message.id === undefined) return
    // The server asks too: what it may do, and how it is set up. It may do nothing, and is set up as it is.
    if (message.method !== undefined) return write({ id: message.id, result: null })
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  }
  server.stdout.on('data', (bytes: Buffer) => {
    read = Buffer.concat([read, bytes])
    for (;;) {
      const head = read.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/.exec(read.subarray(0, Math.max(head, 0)).toString())?.[1])
      if (head < 0 || read.length < head + 4 + length) return
      hear(JSON.parse(read.subarray(head + 4, head + 4 + length).toString()))
      read = read.subarray(head + 4 + length)
    }
  })

  await ask('initialize', { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: {} })
  tell('initialized', {})
  let version = 0
  return {
    async complete(file, text) {
      version += 1
      if (version === 1)
        tell('textDocument/didOpen', { textDocument: { uri: file, languageId: 'typescript', version, text } })
      else tell('textDocument/didChange', { textDocument: { uri: file, version }, contentChanges: [{ text }] })
      const lines = text.split('\n')
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
      const { result, error } = await ask('textDocument/completion', { textDocument: { uri: file }, position })
      const { success, data } = Completions.safeParse(result)
      if (!success) throw new Error(`the editor completes nothing: ${JSON.stringify(error ?? result)}`)
      return data.items.map(({ label }) => label)
    },
    async [Symbol.asyncDispose]() {
      server.stdin.end()
      await ended
    },
  }
}
