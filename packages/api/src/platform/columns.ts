import { p } from '@mikro-orm/core'
import type { Id, idOf } from './ids.ts'

/** A primary key that is made before the row is: `id: id(orderId)`. */
export const id = <Prefix extends string>(kind: ReturnType<typeof idOf<Prefix>>) =>
  p
    .string()
    .$type<Id<Prefix>>()
    .length(64)
    .collation('C')
    .primary()
    .onCreate(() => kind.new())

/** A reference to a row of another slice, which this slice does not load. */
export const idRef = <Prefix extends string>(_kind: ReturnType<typeof idOf<Prefix>>) =>
  p.string().$type<Id<Prefix>>().length(64).collation('C')

/** Minor units. `bigint` in the database, a safe integer here: see MAX_AMOUNT. */
export const amount = () => p.bigint('number')

export const currency = () => p.string().length(3)

/** UTC, set by the database's clock. */
export const createdAt = () => p.datetime(3).$type<Date>().defaultRaw('now()')
