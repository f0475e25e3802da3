import { defineEntity, p } from '@mikro-orm/core'
import { principalOf } from './actor.ts'
import { closingOf } from './closing.ts'
import { createdAt, id } from './columns.ts'
import type { Context } from './context.ts'
import { idOf } from './ids.ts'

export const auditEntryId = idOf('audit')

export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  properties: {
    id: id(auditEntryId),
    at: createdAt(),
    /** Who: an id, never a name or an address. */
    actor: p.string().length(255),
    actorKind: p.string().length(16),
    /** What: the procedure, or the consumer of the worker. */
    action: p.string().length(100),
    subject: p.string().length(100),
    requestId: p.string().length(64),
    before: p.json<object>().nullable(),
    after: p.json<object>().nullable(),
  },
  indexes: [{ properties: ['subject', 'id'] }, { properties: ['actor', 'id'] }],
})
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry)

export interface Change {
  /** The id of what changed. */
  readonly subject: string
  /** The fields that changed, as they were and as they are. Ids, states and numbers only: nothing personal. */
  readonly before?: object | null
  readonly after?: object | null
}

/** Contexts whose call has written its row: every mutation must, in its own transaction. */
const audited = new WeakSet<object>()

/** Notes a change in the log of who did what, in the transaction of the change itself. */
export function audit(ctx: Context, change: Change): void {
  closingOf(ctx).audit.push({
    id: auditEntryId.new(),
    actor: principalOf(ctx.actor),
    actorKind: ctx.actor.kind,
    action: ctx.action,
    subject: change.subject,
    requestId: ctx.requestId,
    before: change.before ?? null,
    after: change.after ?? null,
  })
  audited.add(ctx.marks)
}

export const wasAudited = (ctx: Context): boolean => audited.has(ctx.marks)
