import { z } from 'zod'
import { audit } from '../audit.ts'
import type { Context } from '../context.ts'
import { common } from '../errors.ts'
import { decodeCursor, encodeCursor } from '../pages.ts'
import { line } from '../text.ts'
import { consumerNotFound, notReplayable } from './errors.ts'
import { keepOutbox } from './prune.ts'
import type { Replay, Replayed } from './schema.ts'

interface Registered {
  readonly events: readonly string[]
  readonly replayable: boolean
  readonly replays: number
}

const position = [z.int().min(1), line(64), z.int()] as const

/**
 * Hands stored events to one consumer again, under a number of their own: its effects happen once more for each replay,
 * those of one key in order. Takes a bounded number at a time; `next` goes on.
 * Raises `consumer_not_found` and `not_replayable`.
 */
export async function replay(ctx: Context, input: Replay): Promise<Replayed> {
  const consumer = await lockConsumer(ctx, input.consumer)
  if (consumer === undefined) throw consumerNotFound()
  if (!consumer.replayable) throw notReplayable({ consumer: input.consumer })
  const { number, after } = begin(consumer, input)
  if (number > consumer.replays) {
    await ctx.em.execute('update event_consumer set replays = ? where name = ?', [number, input.consumer])
  }
  const rows = await handOver(ctx, { ...input, number, after, events: consumer.events })
  audit(ctx, { subject: input.consumer, after: { replay: number, events: rows.length } })
  const last = rows.at(-1)
  const full = rows.length === input.limit && last !== undefined
  return {
    replay: number,
    events: rows.length,
    next: full ? encodeCursor('replay', [number, last.key, last.sequence]) : null,
  }
}

/** The number of the replay, and the key and sequence after which it goes on. */
function begin({ replays }: Registered, { cursor }: Replay): Pick<Part, 'number' | 'after'> {
  if (cursor === undefined) return { number: replays + 1, after: ['', 0] }
  const [number, key, sequence] = decodeCursor(cursor, 'replay', position)
  if (number <= replays) return { number, after: [key, sequence] }
  throw common.invalidInput({ fields: [{ path: 'cursor', message: 'is of no replay of this consumer' }] })
}

async function lockConsumer(ctx: Context, name: string): Promise<Registered | undefined> {
  const rows: Registered[] = await ctx.em.execute(
    'select events, replayable, replays from event_consumer where name = ? for update',
    [name],
  )
  return rows[0]
}

interface Part extends Replay {
  readonly number: number
  readonly after: readonly [key: string, sequence: number]
  readonly events: readonly string[]
}

/** Only what has left the outbox: the rest comes by itself, and after it. */
async function handOver(ctx: Context, part: Part): Promise<{ key: string; sequence: number }[]> {
  await keepOutbox(ctx)
  const { name, key, from, until } = part
  const names = name === undefined ? part.events : part.events.filter((event) => event === name)
  if (names.length === 0) return []
  const filters = [
    { sql: 'name in (?)', value: names },
    { sql: 'key = ?', value: key },
    { sql: 'occurred_at >= ?', value: from },
    { sql: 'occurred_at < ?', value: until },
  ].filter(({ value }) => value !== undefined)
  return ctx.em.execute(
    `with chosen as (
       select id, key, sequence from outbox_event
       where sent_at is not null and (key, sequence) > (?, ?) and ${filters.map(({ sql }) => sql).join(' and ')}
       order by key, sequence limit ?
     ), added as (
       insert into inbox_entry (consumer, event_id, replay, key, sequence)
       select ?, id, ?, key, sequence from chosen on conflict do nothing
     )
     select key, sequence from chosen order by key, sequence`,
    [...part.after, ...filters.map(({ value }) => value), part.limit, part.consumer, part.number],
  )
}
