import type { Runtime } from './platform/context.ts'
import { mediaRoute } from './platform/http/media.ts'
import { createHttp, type HttpServer } from './platform/http/server.ts'
import { appRouter } from './runtime.ts'
import { authenticate } from './shop/auth/index.ts'

/** The whole shop over HTTP, as `main.ts` and tests serve it: procedures, health, and its images if it keeps any. */
export function serve(runtime: Runtime): HttpServer {
  const { mediaDir } = runtime.config.http
  return createHttp(runtime, {
    router: appRouter,
    authenticate,
    routes: mediaDir === '' ? [] : [mediaRoute(mediaDir)],
  })
}
