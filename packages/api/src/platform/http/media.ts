import { open, realpath } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Route } from './route.ts'

/** The kinds of image a shop shows. Nothing else is served, whatever lies in the folder. */
const types: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
}

/** An SVG opened by itself is a document of this origin: it may be drawn, and nothing more. */
const IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox"

const MAX_AGE_SECONDS = 3600

/** Serves the images of a folder under `/media/`. */
export function mediaRoute(folder: string): Route {
  return {
    path: '/media/',
    answer: async (request, response, rest) => {
      const type = types[extname(rest).toLowerCase()]
      const file = type === undefined ? undefined : await inside(folder, rest)
      if (type === undefined || file === undefined) return false
      return send(request, response, file, type)
    },
  }
}

/** The file a path means, links followed; none if it is not in the folder, or hidden in it. */
async function inside(folder: string, path: string): Promise<string | undefined> {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part))) return undefined
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, ...parts))
    return file.startsWith(root + sep) ? file : undefined
  } catch {
    // There is no such file, or none that may be read: to a visitor that is the same.
    return undefined
  }
}

async function send(request: IncomingMessage, response: ServerResponse, file: string, type: string): Promise<boolean> {
  await using handle = await open(file)
  const stat = await handle.stat()
  if (!stat.isFile()) return false
  const { size, mtimeMs } = stat
  const tag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`
  response.setHeader('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
  response.setHeader('Content-Security-Policy', IMAGE_POLICY)
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  response.setHeader('ETag', tag)
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end()
    return true
  }
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': size })
  if (request.method === 'HEAD' || size === 0) response.end()
  else await pipeline(handle.createReadStream({ autoClose: false, end: size - 1 }), response)
  return true
}
