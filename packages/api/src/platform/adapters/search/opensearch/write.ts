import { z } from 'zod'
import type { Versioned } from '../../../ports/search.ts'
import type { Server } from './client.ts'

const Written = z.object({
  items: z.array(
    z.object({
      index: z.object({
        status: z.int(),
        error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
      }),
    }),
  ),
})

const NEWER_IS_THERE = 409
const NO_SUCH_ALIAS = 404

/**
 * Writes documents by an alias; what is gone as one that says so and nothing else. A document that is there in a newer
 * version stays. Answers those for which the alias did not lead anywhere. Throws when any was not taken.
 */
export async function bulk(server: Server, alias: string, documents: readonly Versioned[]): Promise<Versioned[]> {
  const lines = documents.flatMap(({ id, version, document }) => [
    { index: { _index: alias, _id: id, version, version_type: 'external', require_alias: true } },
    document === null ? { id, goneAt: new Date().toISOString() } : { id, ...document },
  ])
  const { items } = await server.work({ method: 'POST', path: '/_bulk', lines }, Written)
  const failed = items.find(
    ({ index: { status } }) => status >= 300 && status !== NEWER_IS_THERE && status !== NO_SUCH_ALIAS,
  )
  if (failed !== undefined) {
    const { status, error } = failed.index
    throw new Error(`a document was not indexed: ${status} ${error?.type ?? ''} ${error?.reason ?? ''}`)
  }
  return documents.filter((_, index) => items[index]?.index.status === NO_SUCH_ALIAS)
}
