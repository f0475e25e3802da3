import { createHttp } from './platform/http/server.ts'
import { appRouter, createRuntime, readConfig } from './runtime.ts'

const config = readConfig(process.env)
await using runtime = await createRuntime(config, { name: 'api' })
const server = createHttp(runtime, { router: appRouter, authenticate: async () => ({ kind: 'guest', guest: null }) })
await new Promise<void>((listening) => server.listen(config.http.port, config.http.host, listening))
runtime.log.info({ url: config.http.publicUrl }, 'api listening')
await new Promise((stopped) => process.once('SIGTERM', stopped).once('SIGINT', stopped))
await new Promise((closed) => server.close(closed).closeIdleConnections())
