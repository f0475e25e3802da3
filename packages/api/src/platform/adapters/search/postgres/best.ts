import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Ask, Found, PageOf, Showing } from '../../../ports/search.ts'
import { cursorExpired, searchNotReady } from '../../../search/errors.ts'
import { activeIndex, type Kept } from '../../../search/registry.ts'
import { type Given, statements } from '../../../statement.ts'
import { afterRank, bestOf, type CountedRow, countedOf, foundOf, wantedOf } from './pages.ts'
import { codeWord, findingWord, isTyping, keyword, lexeme, rank, SOME_MORE } from './statements.ts'

/** With more words than people type, a statement is built for that search alone. */
const USUAL_WORDS = 6
/** And with more filters than people set. */
const USUAL_FILTERS = 4

/** What is asked most: words as they were typed, the best first, and of a field no more than one value. */
interface Usual {
  readonly text: NonNullable<Ask['text']>
  readonly keywords: readonly string[]
}

/** Undefined for what is asked in another way. */
export function usualOf({ text, filters }: Ask, { sort }: PageOf): Usual | undefined {
  if (sort.by !== 'relevance' || text === undefined || text.loose || text.words.length === 0) return undefined
  const keywords = filters.flatMap((filter) => {
    const [value, ...others] = 'anyOf' in filter ? filter.anyOf : []
    return value === undefined || others.length > 0 ? [] : [keyword(filter.field, value)]
  })
  return keywords.length === filters.length ? { text, keywords } : undefined
}

interface Asked extends Usual {
  readonly showing: Showing | undefined
  readonly index: Kept
  readonly after: readonly [rank: number, id: string] | undefined
  readonly limit: number
}

const formOf = ({ text, keywords, index, after, showing }: Asked): string | null => {
  const { words } = text
  if (words.length > USUAL_WORDS || keywords.length > USUAL_FILTERS) return null
  const asked = [words.length, isTyping(text, words.length - 1), keywords.length, after === undefined, showing?.name]
  return [index.slot, index.language, ...asked].join()
}

const best = statements(formOf, (given: Given<Asked>, { text, keywords, index, after, showing }) => {
  const words = text.words.map((_, place) => {
    const typing = isTyping(text, place)
    const word = given((asked) => asked.text.words[place] ?? '')
    const { stem, asItIs } = findingWord(word, sql.lit(index.language), typing)
    // Of a word and its own beginning, ranking would take no notice of the beginning.
    const both = sql`(${stem} || ${asItIs})`
    return typing ? sql`case when ${asItIs}::text = ${stem}::text || ':*' then ${asItIs} else ${both} end` : both
  })
  const code = given((asked) => lexeme(codeWord(asked.text.code)))
  return bestOf({
    // The words are put into PostgreSQL's terms once, whatever plan it makes.
    hits: sql`
      with word as materialized (select ${sql.join(words, sql` && `)} as words)
      select d.id, ${rank(sql`word.words`, code)} as key from word, search_document d
      where d.slot = ${sql.lit(index.slot)} and d.gone_at is null and d.words @@ (word.words || ${code}::tsquery)
        and d.keywords @> array[${sql.join(keywords.map((_, n) => given((asked) => asked.keywords[n])))}]::text[]
      limit ${SOME_MORE}`,
    after: after && {
      rank: given((asked) => asked.after?.[0] ?? 0),
      id: given((asked) => asked.after?.[1] ?? ''),
    },
    limit: given((asked) => asked.limit),
    shown: showing && written(showing, given),
  })
})

/** How many are shown must not matter to the plan, or it is made anew for each search: of an array it takes any. */
const written = (showing: Showing, given: Given<Asked>) =>
  sql`${showing.rows((read) => given((asked) => read(asked.showing?.values)), sql`array(select id from page)`)}`

/**
 * Finds what is asked most in one statement, which sees the index whole by itself, and is built and planned once: to plan it
 * costs as much as to answer it. Which index answers is remembered, and the answer says whether that is still so. Raises
 * `search_not_ready` and `cursor_expired`.
 */
export function createBest(): (ctx: Context, usual: Usual, page: PageOf) => Promise<Found> {
  let known: Kept | undefined

  return async (ctx, usual, page) => {
    const after = afterRank(page)
    for (;;) {
      const index = known ?? (await activeIndex(ctx, 'postgres'))
      if (index === undefined) throw searchNotReady()
      const rows: CountedRow[] = await best(ctx, {
        ...usual,
        index,
        after,
        limit: wantedOf(page),
        showing: page.showing,
      })
      const isActive = rows[0]?.index === index.name
      known = isActive ? index : undefined
      if (!isActive) continue
      if (page.position !== undefined && page.position.index !== index.name) throw cursorExpired()
      return foundOf(index.name, page, countedOf(rows))
    }
  }
}
