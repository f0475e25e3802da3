import { defineEntity, p } from '@mikro-orm/core'
import type { EngineName } from '../ports/search.ts'

/**
 * The indexes that are kept: for each engine the one that answers (OpenSearch keeps its own note of that, as an alias) and
 * the one being built, if any.
 */
export const SearchIndexSchema = defineEntity({
  name: 'SearchIndex',
  properties: {
    engine: p.string().$type<EngineName>().length(32).collation('C').primary(),
    name: p.string().length(100).collation('C').primary(),
    /** PostgreSQL's two places for documents. */
    slot: p.smallint(),
    /** What its documents were made by: the language, a colon, and a digest of the fields. */
    signature: p.string().length(100),
    /** `preparing` is not written to yet; `building` is, and does not answer yet. */
    state: p.enum(['preparing', 'building', 'active']),
    /** When whoever fills it last said that they do. */
    beatAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
  },
  indexes: [
    {
      name: 'search_index_active',
      expression: `create unique index search_index_active on search_index (engine) where state = 'active'`,
    },
    {
      name: 'search_index_unfinished',
      expression: `create unique index search_index_unfinished on search_index (engine) where state <> 'active'`,
    },
  ],
})
export class SearchIndex extends SearchIndexSchema.class {}
SearchIndexSchema.setClass(SearchIndex)
