import type { Ask, Filter, PageOf, Sort, Wanted } from '../../../ports/search.ts'
import { MAX_BUCKETS } from '../../../ports/search.ts'
import { allowedTypos, INSIDE_FROM, MAX_MEANINGS } from '../../../search/distance.ts'
import { type Fields, namesOf, weights } from '../../../search/fields.ts'

/** More than any words are worth. */
const CODE_BOOST = 1_000

export function queryOf(fields: Fields, { text, filters }: Ask): object {
  return {
    bool: {
      filter: filters.map(filterOf),
      must_not: [{ exists: { field: 'goneAt' } }],
      ...(text !== undefined && { must: [matching(fields, text)] }),
    },
  }
}

function filterOf(filter: Filter): object {
  if ('anyOf' in filter) return { terms: { [filter.field]: filter.anyOf } }
  const { field, currency, min, max } = filter
  return {
    range: {
      [`${field}.${currency}`]: { ...(min !== undefined && { gte: min }), ...(max !== undefined && { lte: max }) },
    },
  }
}

/** Every word somewhere, or the code. */
function matching(fields: Fields, { words, prefix, loose, code }: NonNullable<Ask['text']>): object {
  const each = words.map((word, index) => {
    const typing = prefix && index === words.length - 1 && word.length > 1
    return {
      dis_max: {
        queries: Object.entries(fields).flatMap(([name, field]) =>
          field.kind === 'text' ? ways(name, weights[field.weight], word, { typing, loose }) : [],
        ),
        tie_breaker: 0.3,
      },
    }
  })
  const codes = namesOf(fields, 'code').map((name) => ({
    constant_score: { filter: { term: { [name]: code } }, boost: CODE_BOOST },
  }))
  const all = each.length === 0 ? [] : [{ bool: { must: each } }]
  return { bool: { should: [...all, ...codes], minimum_should_match: 1 } }
}

/** In which ways a field may hold a word. */
function ways(
  name: string,
  boost: number,
  word: string,
  { typing, loose }: { typing: boolean; loose: boolean },
): object[] {
  const plain = `${name}.plain`
  const found: object[] = [
    { match: { [name]: { query: word, boost } } },
    { match: { [plain]: { query: word, boost } } },
  ]
  if (typing) found.push({ match_bool_prefix: { [plain]: { query: word, boost: boost / 2 } } })
  if (!loose) return found
  const fuzziness = allowedTypos(word)
  if (fuzziness > 0)
    found.push({
      match: {
        [plain]: { query: word, fuzziness, prefix_length: 1, max_expansions: MAX_MEANINGS, boost: boost / 4 },
      },
    })
  // A word is letters and digits: no sign that a pattern would understand.
  if ([...word].length >= INSIDE_FROM) found.push({ wildcard: { [plain]: { value: `*${word}*`, boost: boost / 4 } } })
  return found
}

export function sortOf({ sort }: PageOf): object[] {
  switch (sort.by) {
    case 'relevance':
      return [{ _score: 'desc' }, { id: 'asc' }]
    case 'newest':
      return [{ id: 'desc' }]
    case 'order':
      return [{ [sort.field]: sort.direction }, { id: sort.direction }]
    case 'amount':
      return [{ [amountField(sort)]: { order: sort.direction, unmapped_type: 'long' } }, { id: sort.direction }]
  }
}

const amountField = ({ field, currency }: Extract<Sort, { by: 'amount' }>): string => `${field}.${currency}`

/** Only what has an amount can be sorted by it. */
export const sortable = ({ sort }: PageOf): object[] =>
  sort.by === 'amount' ? [{ exists: { field: amountField(sort) } }] : []

export function aggregationsOf({ keywords, amount }: Wanted): object {
  const terms = keywords.map((field) => [
    field,
    { terms: { field, size: MAX_BUCKETS, order: [{ _count: 'desc' }, { _key: 'asc' }] } },
  ])
  if (amount === undefined) return Object.fromEntries(terms)
  const field = `${amount.field}.${amount.currency}`
  const filters = amount.ranges.map(({ min, below }, index) => [
    `range${index}`,
    { range: { [field]: { ...(min !== undefined && { gte: min }), ...(below !== undefined && { lt: below }) } } },
  ])
  return {
    ...Object.fromEntries(terms),
    'amount min': { min: { field } },
    'amount max': { max: { field } },
    'amount ranges': { filters: { filters: Object.fromEntries(filters) } },
  }
}
