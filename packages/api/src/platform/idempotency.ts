import { createHmac } from 'node:crypto'
import { defineEntity, p } from '@mikro-orm/core'
import { sql } from 'kysely'
import superjson, { type SuperJSONResult } from 'superjson'
import { principalOf } from './actor.ts'
import { closingOf } from './closing.ts'
import { createdAt } from './columns.ts'
import type { Context } from './context.ts'
import { common } from './errors.ts'
import { ask, atOnce, type Given, type Question, statement } from './statement.ts'

/** As long as anybody retries. */
export const KEYS_KEPT_HOURS = 72

/** One row for each key a principal has used with a procedure. */
export const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  properties: {
    principal: p.string().length(100).collation('C').primary(),
    procedure: p.string().length(100).collation('C').primary(),
    key: p.string().length(255).collation('C').primary(),
    requestHash: p.string().length(64),
    /** What to answer again; null while the work is under way. Never personal: see `replay`. */
    answer: p.json<SuperJSONResult>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['createdAt'] }],
})
export class IdempotencyKey extends IdempotencyKeySchema.class {}
IdempotencyKeySchema.setClass(IdempotencyKey)

interface Row {
  requestHash: string
  answer: SuperJSONResult | null
}

/** A key that is taken or was, and the rows of what was asked along with it. */
interface Along<Asked> {
  readonly begun: Begun
  readonly rows: Asked[]
}

/** `new`: go ahead. `done`: answer this again. `unfinished`: an earlier call began and has not ended. */
export type Begun = { state: 'new' } | { state: 'done'; answer: unknown } | { state: 'unfinished'; answer: unknown }

/** Keyed: inputs hold passwords, which a plain hash of them would let a reader of the table guess at full speed. */
const hash = (secret: string, input: unknown): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify(input) ?? '')
    .digest('hex')

/** Anonymous callers share one principal, so a key of theirs would reach a stranger's answer: it is not kept. */
export const hasKey = (ctx: Context): boolean =>
  ctx.idempotencyKey !== undefined && !(ctx.actor.kind === 'guest' && ctx.actor.guest === null)

/**
 * Takes the call's key, in the transaction of its work: of many calls with one key at the same moment one goes on, and the
 * others wait on its row until it commits.
 * Raises `idempotency_key_reused` when the key was used with another input.
 */
export const begin = async (ctx: Context, input: unknown): Promise<Begun> => (await beginAlong(ctx, input, {})).begun

/**
 * The same, and in the same round trip `along`: a lock, which means nothing where the call turns out to be a repeat.
 * `known`: the answer, where it is known before the work is done.
 */
export async function beginAlong<Asked>(
  ctx: Context,
  input: unknown,
  { known, along }: { readonly known?: unknown; readonly along?: Question<Asked> | undefined },
): Promise<Along<Asked>> {
  if (!hasKey(ctx)) return { begun: { state: 'new' }, rows: along === undefined ? [] : await ask(ctx, along) }
  const [requestHash = '', ...earlier] = ctx.config.secrets.map((secret) => hash(secret, input))
  const id = [principalOf(ctx.actor), ctx.action, ctx.idempotencyKey]
  const answer = known === undefined ? null : answerOf(known, true)
  const take = insert.of([...id, requestHash, answer])
  const [inserted, rows] = along === undefined ? [await ask(ctx, take), []] : await atOnce(ctx, take, along)
  return { begun: inserted.length === 1 ? { state: 'new' } : await earlierOf(ctx, id, [requestHash, ...earlier]), rows }
}

/** What an earlier call under the same key has left. */
async function earlierOf(ctx: Context, id: readonly unknown[], hashes: readonly string[]): Promise<Begun> {
  const rows: Row[] = await ctx.em.execute(
    `select request_hash as "requestHash", answer from idempotency_key where principal = ? and procedure = ? and key = ?`,
    [...id],
  )
  const [row] = rows
  if (row === undefined) throw common.inProgress()
  if (!hashes.includes(row.requestHash)) throw common.keyReused()
  if (row.answer === null) throw common.inProgress()
  const { done, value } = superjson.deserialize<{ done: boolean; value: unknown }>(row.answer)
  return { state: done ? 'done' : 'unfinished', answer: value }
}

const insert = statement((given: Given<readonly unknown[]>) => {
  const values = [0, 1, 2, 3, 4].map((index) => given((row) => row[index]))
  return sql`
    insert into idempotency_key (principal, procedure, key, request_hash, answer)
    values (${sql.join(values)}) on conflict do nothing returning key`
})

const answerOf = (value: unknown, done: boolean): string => JSON.stringify(superjson.serialize({ done, value }))

/** Keeps the answer under the call's key when the transaction closes. `done: false` marks progress to resume from. */
export function keep(ctx: Context, value: unknown, done = true): void {
  if (!hasKey(ctx) || ctx.idempotencyKey === undefined) return
  closingOf(ctx).answer = {
    principal: principalOf(ctx.actor),
    procedure: ctx.action,
    key: ctx.idempotencyKey,
    json: answerOf(value, done),
  }
}

/** Forgets what a principal has called, as if their keys had never been used. */
export async function forget(ctx: Context, principal: string): Promise<void> {
  await ctx.em.execute('delete from idempotency_key where principal = ?', [principal])
}
