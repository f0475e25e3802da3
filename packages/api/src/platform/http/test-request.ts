import { request as send } from 'node:http'
import superjson from 'superjson'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  error: { message: string; data: { reason: string; details: unknown; requestId: string } }
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
  /** The port of the server. */
  at: number
  /** The address to call from: any of 127.0.0.0/8. */
  from?: string
}

/** One request as a program on the network would write it, with nothing added or followed. */
export function ask(
  path: string,
  { method = 'GET', headers = {}, body, at, from = '127.0.0.1' }: Asked,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: at, path, method, headers, agent: false, localAddress: from }
    const request = send(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('error', reject).on('end', () => {
        const error = text.startsWith('{"error"') ? JSON.parse(text).error.json : undefined
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, error })
      })
    })
    request.on('error', reject).end(body)
  })
}

const json = { 'Content-Type': 'application/json' }

export const post = (path: string, input: unknown, { headers, ...asked }: Omit<Asked, 'method' | 'body'>) =>
  ask(path, {
    ...asked,
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(superjson.serialize(input)),
  })

/** The address of a query with its input. */
export const read = (path: string, input: unknown) =>
  `${path}?input=${encodeURIComponent(JSON.stringify(superjson.serialize(input)))}`
