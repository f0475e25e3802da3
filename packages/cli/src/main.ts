import { join } from 'node:path'
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  root: join(import.meta.dirname, '..', '..', '..'),
  input: process.stdin,
  out: process.stdout,
  err: process.stderr,
  interrupted() {
    const interruption = new AbortController()
    process.once('SIGINT', () => interruption.abort())
    return interruption.signal
  },
})
