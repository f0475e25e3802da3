import { sql } from 'kysely'
import type { Context } from '../../platform/context.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from '../../platform/pages.ts'
import { scopeOf } from './access.ts'
import { momentId, noteId, orderId } from './entity.ts'
import { orderNotFound } from './errors.ts'
import { db, ordersIn, refunded } from './queries.ts'
import type { ListAllOrders, ListOfOrder, ListOrders, MomentView, NoteView, OrderRow, StaffOrderRow } from './schema.ts'

const row = ['id', 'number', 'status', 'currency', 'total', 'created_at as createdAt'] as const

/** A shopper's own orders, newest first. */
export async function list(ctx: Context, input: ListOrders): Promise<Page<OrderRow>> {
  const own = ownScope(ctx)
  if (own === 'none') return { rows: [], next: null }
  let rows = ordersIn(ctx, own)
    .select(row)
    .select(refunded.as('refunded'))
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.status !== undefined) rows = rows.where('status', '=', input.status)
  if (input.cursor !== undefined) rows = rows.where('id', '<', before(input.cursor))
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

/** Every order, newest first. */
export async function listAll(ctx: Context, input: ListAllOrders): Promise<Page<StaffOrderRow>> {
  let rows = ordersIn(ctx, 'all')
    .select(row)
    .select('email')
    .select(refunded.as('refunded'))
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.status !== undefined) rows = rows.where('status', '=', input.status)
  if (input.number !== undefined) rows = rows.where('number', '=', input.number)
  if (input.email !== undefined) rows = rows.where(sql`lower(email)`, '=', sql`lower(${input.email})`)
  if (input.from !== undefined) rows = rows.where('created_at', '>=', input.from)
  if (input.until !== undefined) rows = rows.where('created_at', '<', input.until)
  if (input.cursor !== undefined) rows = rows.where('id', '<', before(input.cursor))
  return toPage(await rows.execute(), input.limit, cursorOf, (row) => row)
}

/** What happened to an order, newest first. */
export async function history(ctx: Context, input: ListOfOrder): Promise<Page<MomentView>> {
  await checkExists(ctx, input.orderId)
  let rows = db(ctx)
    .selectFrom('order_moment')
    .select(['id', 'what', 'actor', 'actor_kind as actorKind', 'details', 'at'])
    .where('order_id', '=', input.orderId)
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    rows = rows.where('id', '<', decodeCursor(input.cursor, 'history', [momentId.schema])[0])
  }
  const cursorOf = ({ id }: { id: string }) => encodeCursor('history', [id])
  return toPage(await rows.execute(), input.limit, cursorOf, ({ id: _, actor, ...moment }) => ({
    ...moment,
    // A guest is known by the digest of a credential, which is nobody's business.
    actor: moment.actorKind === 'guest' ? null : actor,
  }))
}

/** What staff wrote about an order, newest first. */
export async function notes(ctx: Context, input: ListOfOrder): Promise<Page<NoteView>> {
  await checkExists(ctx, input.orderId)
  let rows = db(ctx)
    .selectFrom('order_note')
    .select(['id', 'text', 'author', 'created_at as createdAt'])
    .where('order_id', '=', input.orderId)
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) {
    rows = rows.where('id', '<', decodeCursor(input.cursor, 'notes', [noteId.schema])[0])
  }
  return toPage(
    await rows.execute(),
    input.limit,
    ({ id }) => encodeCursor('notes', [id]),
    (row) => row,
  )
}

/** One note, for a repeat of the call that wrote it. */
export async function note(ctx: Context, id: string): Promise<NoteView> {
  const found = await db(ctx)
    .selectFrom('order_note')
    .select(['id', 'text', 'author', 'created_at as createdAt'])
    .where('id', '=', noteId.schema.parse(id))
    .executeTakeFirst()
  if (found === undefined) throw orderNotFound()
  return found
}

/** Even a caller who may see every order lists only their own here. */
function ownScope(ctx: Context) {
  const scope = scopeOf(ctx, 'orders:read')
  return scope === 'all' ? 'none' : scope
}

const before = (cursor: string) => decodeCursor(cursor, 'newest', [orderId.schema])[0]
const cursorOf = ({ id }: { id: string }) => encodeCursor('newest', [id])

async function checkExists(ctx: Context, id: ListOfOrder['orderId']): Promise<void> {
  const order = await ordersIn(ctx, 'all').select('id').where('id', '=', id).executeTakeFirst()
  if (order === undefined) throw orderNotFound()
}
