import { readConfig } from './platform/config.ts'
import { isOneOfSeveral } from './platform/processes.ts'
import { unlessRefused } from './platform/refusal.ts'

// Each is loaded by the process that runs it: the one that looks after others is small.
await unlessRefused(async () => {
  const config = readConfig(process.env)
  if (config.http.processes > 1 && !isOneOfSeveral()) {
    const { runProcesses } = await import('./several.ts')
    process.exit(await runProcesses(config))
  }
  const { runApi } = await import('./api.ts')
  await runApi(config)
  // Its line to the one that looks after it would keep it.
  if (isOneOfSeveral()) process.exit()
})
