import type { Config } from '../config.ts'
import type { Reader, Search } from '../ports/search.ts'
import { cursorExpired } from '../search/errors.ts'
import type { Fields } from '../search/fields.ts'
import { createPostgresSearch } from './search/postgres/postgres.ts'

/** Whatever finds documents of these fields, as the configuration says. */
export function openSearch({ search }: Config, fields: Fields): Search {
  const postgres = createPostgresSearch({ fields, language: search.language })
  const find: Reader['find'] = async (ctx, ask, page) => {
    if (page.position !== undefined && page.position.engine !== postgres.name) throw cursorExpired()
    ctx.metrics.searches.inc({ engine: postgres.name })
    return postgres.find(ctx, ask, page)
  }
  return { find, count: postgres.count, engines: [postgres], [Symbol.asyncDispose]: postgres[Symbol.asyncDispose] }
}
