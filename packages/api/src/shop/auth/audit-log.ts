import type { InferKyselyDB } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { type AuditEntrySchema, auditEntryId } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { Moment } from '../../platform/moment.ts'
import { decodeCursor, encodeCursor, type Page, pageInput, toPage } from '../../platform/pages.ts'
import { line } from '../../platform/text.ts'

export const AuditView = z.object({
  id: auditEntryId.schema,
  at: z.date(),
  /** An id: of a user or a key, the hash of a guest, or a program. */
  actor: z.string(),
  actorKind: z.string(),
  /** The procedure, or the consumer of the worker. */
  action: z.string(),
  subject: z.string(),
  requestId: z.string(),
  before: z.unknown(),
  after: z.unknown(),
})
export type AuditView = z.infer<typeof AuditView>

export const ListAudit = z.strictObject({
  ...pageInput,
  subject: line(100).optional(),
  actor: line(255).optional(),
  action: line(100).optional(),
  /** From this moment on. */
  from: Moment.optional(),
  /** Before this moment. */
  until: Moment.optional(),
})
export type ListAudit = z.infer<typeof ListAudit>

/** Who did what, newest first. */
export async function list(ctx: Context, input: ListAudit): Promise<Page<AuditView>> {
  let rows = ctx.em
    .getKysely<InferKyselyDB<typeof AuditEntrySchema>>()
    .selectFrom('audit_entry')
    .select(['id', 'at', 'actor', 'actor_kind as actorKind', 'action', 'subject', 'request_id as requestId'])
    .select(['before', 'after'])
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
  for (const field of ['subject', 'actor', 'action'] as const) {
    const wanted = input[field]
    if (wanted !== undefined) rows = rows.where(field, '=', wanted)
  }
  if (input.from !== undefined) rows = rows.where('at', '>=', input.from)
  if (input.until !== undefined) rows = rows.where('at', '<', input.until)
  if (input.cursor !== undefined) {
    const [id] = decodeCursor(input.cursor, 'newest', [auditEntryId.schema])
    rows = rows.where('id', '<', id)
  }
  return toPage(
    await rows.execute(),
    input.limit,
    (row) => encodeCursor('newest', [row.id]),
    (row) => row,
  )
}
