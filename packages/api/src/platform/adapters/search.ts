import type { Config } from '../config.ts'
import type { Engine, Search } from '../ports/search.ts'
import { cursorExpired } from '../search/errors.ts'
import type { Fields } from '../search/fields.ts'
import { createPostgresSearch } from './search/postgres/postgres.ts'
import { withStandIn } from './search/with-stand-in.ts'

/** Whatever finds documents of these fields, as the configuration says. PostgreSQL always does. */
export async function openSearch(
  { search: { language, opensearch: config } }: Config,
  fields: Fields,
): Promise<Search> {
  const postgres = createPostgresSearch({ fields, language })
  if (config === undefined) return alone(postgres)
  // Loaded by the shops that use it.
  const { createOpenSearch } = await import('./search/opensearch/opensearch.ts')
  return withStandIn(createOpenSearch({ config, fields, language }), postgres)
}

const alone = (engine: Engine): Search => ({
  async find(ctx, ask, page) {
    if (page.position !== undefined && page.position.engine !== engine.name) throw cursorExpired()
    const found = await engine.find(ctx, ask, page)
    ctx.metrics.searches.inc({ engine: engine.name })
    return found
  },
  count: engine.count,
  engines: [engine],
  [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
})
