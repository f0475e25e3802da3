import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { SmtpSink } from '../smtp-sink.ts'
import { Fault } from './faults.ts'

const Command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('add_fault'), fault: Fault }),
  z.strictObject({ do: z.literal('clear_faults') }),
])
/** What can be told to a sink from another process: `POST /` with one of these. `GET /` answers its ledger. */
export type Command = z.input<typeof Command>

/** Lets other processes read a sink's ledger and give it commands. Answers its URL, and how to end it. */
export async function control(sink: SmtpSink): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(sink.ledger.entries()))
      return
    }
    text(request)
      .then((body) => obey(sink, Command.parse(JSON.parse(body))))
      .then(
        () => response.writeHead(200).end(),
        (error: unknown) => response.writeHead(400).end(String(error)),
      )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    // A TCP server that listens has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function obey(sink: SmtpSink, command: z.output<typeof Command>): void {
  if (command.do === 'add_fault') sink.faults.add(command.fault)
  else sink.faults.clear()
}
