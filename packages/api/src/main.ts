import { assertNotBehind, createRuntime, readConfig } from './runtime.ts'
import { serve } from './serve.ts'

const config = readConfig(process.env)
await using runtime = await createRuntime(config, { name: 'api' })
// With one that is away it starts, and is ready when that is back.
await assertNotBehind(runtime.orm)
await using server = serve(runtime)
const port = await server.listen(config.http.port, config.http.host)
runtime.log.info({ url: config.http.publicUrl, port }, 'api listening')
await new Promise((stopped) => process.once('SIGTERM', stopped).once('SIGINT', stopped))
