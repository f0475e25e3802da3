import { createHash } from 'node:crypto'
import { migrate, schemaVersion } from '@barrow/worker/migrate'
import type { TestProject } from 'vitest/node'
import { ensureTemplate } from './test-database.ts'
import { startTestServer } from './test-server.ts'
import type {} from './test-shop.ts'

/** Once before all test files of a package: a PostgreSQL server, and a migrated database that each file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  const key = createHash('sha256').update(schemaVersion).digest('hex').slice(0, 16)
  const template = await ensureTemplate({ serverUrl: server.url, key, migrate })
  project.provide('serverUrl', server.url)
  project.provide('template', template)
  return () => server.stop()
}
