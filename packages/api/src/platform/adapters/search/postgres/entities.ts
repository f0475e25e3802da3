import { defineEntity, p } from '@mikro-orm/core'
import { type Fields, namesOf } from '../../../search/fields.ts'

/** Two indexes find room: the one that answers, and during a rebuild the one that will. */
export const slots = [0, 1] as const

export const orderColumn = (field: string): string => `order_${field}`

/** The tables that documents of these fields are kept in. */
export function searchEntities(fields: Fields) {
  const ordered = namesOf(fields, 'order')
  const document = defineEntity({
    name: 'SearchDocument',
    properties: {
      slot: p.smallint().primary(),
      id: p.string().length(64).collation('C').primary(),
      version: p.bigint('number'),
      /** When what it tells of was found to be gone; a document without anything is left so that nothing older comes back. */
      goneAt: p.datetime(3).nullable(),
      /** The words of all texts, weighted: as they are, and without their endings. Codes are words of it as well. */
      words: p.string().columnType('tsvector'),
      /** The values of all keywords, each behind the name of its field and a colon. */
      keywords: p.array<string>(),
      ...Object.fromEntries(
        ordered.map((field) => [
          `${orderColumn(field)}`,
          p.string().length(255).collation('C').fieldName(orderColumn(field)).nullable(),
        ]),
      ),
    },
    indexes: slots.flatMap((slot) => [
      {
        name: `search_document_terms_${slot}`,
        // Written at once: a list of what is pending would be read by every search.
        expression: `create index search_document_terms_${slot} on search_document using gin (words, keywords) with (fastupdate = off) where slot = ${slot}`,
      },
      {
        name: `search_document_gone_${slot}`,
        expression: `create index search_document_gone_${slot} on search_document (gone_at) where slot = ${slot} and gone_at is not null`,
      },
      ...ordered.map((field) => ({
        name: `search_document_${field}_${slot}`,
        expression: `create index search_document_${field}_${slot} on search_document (${orderColumn(field)}, id) where slot = ${slot} and gone_at is null`,
      })),
    ]),
  })
  const amount = defineEntity({
    name: 'SearchAmount',
    properties: {
      slot: p.smallint().primary(),
      id: p.string().length(64).collation('C').primary(),
      field: p.string().length(64).collation('C').primary(),
      currency: p.string().length(3).collation('C').primary(),
      amount: p.bigint('number'),
    },
    indexes: [{ name: 'search_amount_order', properties: ['slot', 'field', 'currency', 'amount', 'id'] }],
  })
  /** Every word of any document, for those that are mistyped or meant inside of others. */
  const word = defineEntity({
    name: 'SearchWord',
    properties: {
      slot: p.smallint().primary(),
      word: p.string().length(255).collation('C').primary(),
    },
    indexes: [
      {
        name: 'search_word_inside',
        expression: 'create index search_word_inside on search_word using gin (word gin_trgm_ops)',
      },
    ],
  })
  return [document, amount, word]
}
