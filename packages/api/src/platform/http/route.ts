import type { IncomingMessage, ServerResponse } from 'node:http'

/** A path of its own beside the procedures: health, media, pages of development, what other servers call. */
export interface Route {
  /** Matches the path exactly, or as a prefix when it ends in a slash. */
  readonly path: string
  /**
   * GET and HEAD unless said otherwise. A route that says so is for programs: it has no permission for pages of other
   * origins to give.
   */
  readonly methods?: readonly string[]
  /** Answers; false when there is nothing at this path. `rest` is what follows the prefix, decoded. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, rest: string) => Promise<boolean>
}

/** Answers with JSON, or with its head alone. */
export function answerJson(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': text.length })
  response.end(request.method === 'HEAD' ? undefined : text)
}
