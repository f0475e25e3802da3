import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { AnyTRPCRouter } from '@trpc/server'
import type { Config } from '../config.ts'
import type { Route } from '../http/route.ts'
import type { Names } from './components.ts'
import { documentOf } from './document.ts'
import { routesOf } from './table.ts'

/** The page runs its own scripts and styles and talks to its own origin; the icons are pictures in its style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Barrow: REST</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/rest/v1/docs/swagger-ui.css"></head>
<body><div id="page"></div><script src="/rest/v1/docs/swagger-ui-bundle.js"></script>
<script src="/rest/v1/docs/start.js"></script></body></html>`

/** No validator: it is another's server, and the document would be told to it. */
const START = `SwaggerUIBundle({
  url: '/rest/v1/openapi.json', dom_id: '#page', deepLinking: true, docExpansion: 'none', validatorUrl: null,
  tryItOutEnabled: true,
})`

const STYLE = 'text/css; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** The document of the resources, and a page to read and try them. */
export function restPages(router: AnyTRPCRouter, names: Names, http: Config['http']): Route[] {
  let document: string | undefined
  return [
    {
      path: '/rest/v1/openapi.json',
      answer: async (request, response) => {
        document ??= JSON.stringify(documentOf(routesOf(router), names, http))
        return answerWith(request, response, 'application/json; charset=utf-8', document)
      },
    },
    {
      path: '/rest/v1/docs',
      answer: async (request, response) => {
        response.setHeader('Content-Security-Policy', POLICY)
        return answerWith(request, response, 'text/html; charset=utf-8', PAGE)
      },
    },
    {
      path: '/rest/v1/docs/start.js',
      answer: async (request, response) => answerWith(request, response, SCRIPT, START),
    },
    asset('swagger-ui.css', STYLE),
    asset('swagger-ui-bundle.js', SCRIPT),
  ]
}

/** A file of Swagger UI's, from its package. */
function asset(name: string, type: string): Route {
  let text: Promise<string> | undefined
  const read = () => {
    const require = createRequire(import.meta.url)
    return readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), name), 'utf8')
  }
  return {
    path: `/rest/v1/docs/${name}`,
    answer: async (request, response) => {
      text ??= read()
      return answerWith(request, response, type, await text)
    },
  }
}

const HOUR = 'public, max-age=3600'

function answerWith(request: IncomingMessage, response: ServerResponse, type: string, text: string): true {
  response.setHeader('Cache-Control', HOUR)
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) })
  response.end(request.method === 'HEAD' ? undefined : text)
  return true
}
