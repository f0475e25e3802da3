import { createServer } from 'node:http'
import { z } from 'zod'

/** The least that a server over HTTP can do: find the answer by its name and send it. */
const { ANSWERS, PORT } = z.object({ ANSWERS: z.string(), PORT: z.coerce.number().int() }).parse(process.env)
const answers = new Map(
  Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(ANSWERS))).map(([procedure, text]) => [
    `/trpc/${procedure}`,
    Buffer.from(text),
  ]),
)
answers.set('/health/ready', Buffer.from('{}'))

createServer((request, response) => {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const body = answers.get(mark === -1 ? url : url.slice(0, mark))
  if (body === undefined) return void response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length })
  response.end(body)
}).listen(PORT, '127.0.0.1')
