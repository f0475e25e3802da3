import { defineEntity, p } from '@mikro-orm/core'
import type { Context } from '../context.ts'

/** What all processes count together, where PostgreSQL counts it. Its columns, in this order, are the library's. */
export const LimitCountSchema = defineEntity({
  name: 'LimitCount',
  properties: {
    /** The limit, and a hash of whose count it is. */
    key: p.string().length(255).collation('C').primary(),
    points: p.integer().default(0),
    /** When it starts over, in milliseconds since 1970 by the clocks of the processes. */
    expire: p.bigint('number').nullable(),
  },
  indexes: [{ properties: ['expire'] }],
})
export class LimitCount extends LimitCountSchema.class {}
LimitCountSchema.setClass(LimitCount)

export const COUNTS_TABLE = 'limit_count'

const BATCH = 10_000

/** Forgets counts that have started over, after an hour in which clocks may differ. A schedule runs it. */
export const pruneCounts = (ctx: Context) =>
  ctx.em.execute(
    `delete from limit_count where ctid in (
       select ctid from limit_count where expire < extract(epoch from now() - interval '1 hour') * 1000
       limit ${BATCH} for update skip locked
     )`,
  )
