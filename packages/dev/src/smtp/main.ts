import { parseArgs } from 'node:util'
import { startSmtpSink } from '../smtp-sink.ts'
import { control } from './control.ts'

/**
 * The sink as a process of its own: `node main.ts [--port 0] [--seed 1] [--ledger file]`
 *
 * Its first line is `{"url":"smtp://…","control":"http://…"}`; it ends on SIGTERM.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    ledger: { type: 'string' },
  },
})
await using sink = await startSmtpSink({
  port: Number(values.port),
  seed: Number(values.seed),
  ...(values.ledger !== undefined && { ledgerFile: values.ledger }),
})
await using desk = await control(sink)
process.stdout.write(`${JSON.stringify({ url: sink.url, control: desk.url })}\n`)
await new Promise((stopped) => process.once('SIGTERM', stopped))
