import type { IncomingMessage } from 'node:http'

/** The bytes of a request's body as they came; undefined when there are more than `max`. */
export async function readBody(request: IncomingMessage, max: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > max) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    // Without an encoding set, a request is read in buffers.
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > max) return undefined
  }
  return Buffer.concat(chunks)
}
