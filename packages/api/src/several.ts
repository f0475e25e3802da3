import type { Config } from './platform/config.ts'
import { awaitEnd } from './platform/lifecycle.ts'
import { createLog } from './platform/logging.ts'
import { runSeveral } from './platform/processes.ts'

/** Runs as many processes of the API as WEB_CONCURRENCY asks for; answers the status to end with. */
export async function runProcesses(config: Config): Promise<number> {
  const { internal, http } = config
  const log = createLog(config, 'api')
  const envOf = (n: number): Record<string, string> =>
    internal === undefined || internal.port === 0 ? {} : { INTERNAL_PORT: String(internal.port + n) }
  log.info({ processes: http.processes }, 'starting processes')
  const status = await runSeveral({ count: http.processes, envOf, log, ended: awaitEnd(log) })
  log.info({ status }, 'all processes ended')
  return status
}
