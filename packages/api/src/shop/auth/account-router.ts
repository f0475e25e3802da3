import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import * as user from '../user/index.ts'
import { erase, invite } from './accounts.ts'
import { AuditView, ListAudit, list as listAudit } from './audit-log.ts'
import { resetTotp } from './authenticator.ts'
import { exportMine, exportUser } from './export.ts'
import { ExportMine, ExportUser, PersonalData } from './personal-data.ts'

/** What belongs to `user` by its name, and up here by its reach. */
export const accountRouter = {
  create: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'POST /users -> /users/{id}',
      recentLogin: true,
      summary: 'Adds a customer or a member of staff and mails them a link to choose a password.',
      input: user.CreateUser,
      output: user.UserView,
      // Not found: a repeat by somebody who may not see such accounts any more.
      errors: [user.emailTaken, user.permissionsNeedStaff, user.userNotFound],
      repeat: (ctx, id) => user.get(ctx, user.UserRef.parse({ id })),
    },
    invite,
  ),
  erase: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'DELETE /users/{id} -> 204',
      recentLogin: true,
      summary: 'Takes a person out of the shop: everything personal goes, orders stay without it.',
      input: user.UserRef,
      output: user.UserView,
      errors: [user.userNotFound, user.lastAdmin],
      repeat: (ctx, id) => user.get(ctx, user.UserRef.parse({ id })),
    },
    erase,
  ),
  exportMine: query(
    {
      access: 'user',
      rest: 'GET /me/personal-data',
      summary: 'Everything the shop keeps about you, part by part.',
      input: ExportMine,
      output: PersonalData,
    },
    exportMine,
  ),
  export: query(
    {
      access: 'customers:read|staff:read',
      recentLogin: true,
      rest: 'GET /users/{id}/personal-data',
      summary: 'Everything the shop keeps about a person, part by part: for staff whom they have asked.',
      input: ExportUser,
      output: PersonalData,
      errors: [user.userNotFound],
    },
    exportUser,
  ),
  resetTotp: mutation(
    {
      access: 'admin',
      recentLogin: true,
      rest: 'DELETE /users/{id}/totp -> 204',
      summary: 'Takes the authenticator app of an account away, whose owner has lost it, and ends its sessions.',
      input: user.UserRef,
      output: user.UserRef,
      errors: [user.userNotFound, user.userErased],
    },
    resetTotp,
  ),
} satisfies TRPCRouterRecord

export const auditRouter = {
  list: query(
    {
      access: 'audit:read',
      rest: 'GET /audit-log',
      summary: 'Who did what, newest first.',
      input: ListAudit,
      output: pageOf(AuditView),
    },
    listAudit,
  ),
} satisfies TRPCRouterRecord
