import type { IncomingMessage, ServerResponse } from 'node:http'

/** Text as HTML shows it: for element content and quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** What a page of development may load: its own styles, and frames without scripts. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Answers with a small page for developers. `body` is HTML: what is in it of people is escaped by the caller. */
export function answerPage(request: IncomingMessage, response: ServerResponse, title: string, body: string): void {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body { font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
td { padding: .3em 1em .3em 0; vertical-align: top } iframe { width: 100%; height: 36em; border: 1px solid #ccc }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1em }
</style></head><body>${body}</body></html>`
  response.setHeader('Content-Security-Policy', POLICY)
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
  response.end(request.method === 'HEAD' ? undefined : html)
}
