import type { Field, Fields } from '../../../search/fields.ts'
import type { Language } from '../../../search/languages.ts'

/** As Snowball's stemmers are called here: the same that PostgreSQL has. */
const stemmer = (language: Language): string => `${language.charAt(0).toUpperCase()}${language.slice(1)}`

/**
 * An index for documents of these fields. Words come as `wordsOf` made them, a space between two; they are kept without
 * accents, as they are and without the endings of the language. What is no field is refused.
 */
export function indexBody(fields: Fields, language: Language): object {
  const folded = ['lowercase', 'asciifolding']
  return {
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      analysis: {
        filter: { ...(language !== 'simple' && { stem: { type: 'snowball', language: stemmer(language) } }) },
        analyzer: {
          plain: { type: 'custom', tokenizer: 'whitespace', filter: folded },
          stemmed: {
            type: 'custom',
            tokenizer: 'whitespace',
            filter: language === 'simple' ? folded : [...folded, 'stem'],
          },
        },
      },
    },
    mappings: {
      dynamic: 'strict',
      properties: {
        id: { type: 'keyword' },
        goneAt: { type: 'date' },
        ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, propertyOf(field)])),
      },
    },
  }
}

function propertyOf({ kind }: Field): object {
  switch (kind) {
    case 'text':
      return { type: 'text', analyzer: 'stemmed', fields: { plain: { type: 'text', analyzer: 'plain' } } }
    case 'code':
    case 'keyword':
    case 'order':
      return { type: 'keyword' }
    case 'amount':
      // A field for each currency there is.
      return { type: 'object', dynamic: true }
  }
}
