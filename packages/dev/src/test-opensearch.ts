import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'

/** What a shop is started with that searches by the OpenSearch of `OPENSEARCH_URL`; its indexes go after the tests. */
export function openSearchEnv(): Record<string, string> {
  const url = process.env.OPENSEARCH_URL ?? ''
  const prefix = `test-${randomUUID().slice(0, 8)}`
  afterAll(async () => {
    const found: unknown = await (await fetch(`${url}/${prefix}-*/_alias`)).json()
    for (const index of Object.keys(Object(found))) await fetch(`${url}/${index}`, { method: 'DELETE' })
  })
  // A slow machine is not what these tests are about.
  const OPENSEARCH_TIMEOUT_MS = '30000'
  return { SEARCH: 'opensearch', OPENSEARCH_URL: url, OPENSEARCH_PREFIX: prefix, OPENSEARCH_TIMEOUT_MS }
}
