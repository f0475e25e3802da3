import { defineEntity, p } from '@mikro-orm/core'
import type { EngineName } from '../../platform/ports/search.ts'

/** A product whose document an engine has to read anew, or a category whose products have to be marked so. */
export const SearchMarkSchema = defineEntity({
  name: 'SearchMark',
  properties: {
    engine: p.string().$type<EngineName>().length(32).collation('C').primary(),
    subject: p.string().length(64).collation('C').primary(),
    /** New each time it is marked: a mark goes when it is still the one that was worked on. */
    mark: p.bigint('number'),
    /** Of a category: the last of its products that was marked. */
    after: p.string().length(64).collation('C').default(''),
    /** When it may be worked on: whoever does moves it a little ahead, so that nobody else does meanwhile. */
    dueAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
  },
  indexes: [{ name: 'search_mark_due', properties: ['engine', 'dueAt'] }],
})
export class SearchMark extends SearchMarkSchema.class {}
SearchMarkSchema.setClass(SearchMark)
