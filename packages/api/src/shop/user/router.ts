import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { disable, enable, signOut, update } from './commands.ts'
import { lastAdmin, permissionsNeedStaff, userErased, userNotFound } from './errors.ts'
import { get, list } from './queries.ts'
import { ListUsers, UpdateUser, UserRef, UserView } from './schema.ts'

const repeat = (ctx: Parameters<typeof get>[0], id: string) => get(ctx, UserRef.parse({ id }))

/** `user.create` and `user.erase` reach into what lies above this slice: they are in auth. */
export const userRouter = {
  list: query(
    {
      access: 'customers:read|staff:read',
      rest: 'GET /users',
      summary: 'Customers, newest first; staff and admins among them for callers who may also read staff.',
      input: ListUsers,
      output: pageOf(UserView),
    },
    list,
  ),
  get: query(
    {
      access: 'customers:read|staff:read',
      rest: 'GET /users/{id}',
      summary: 'One account.',
      input: UserRef,
      output: UserView,
      errors: [userNotFound],
    },
    get,
  ),
  update: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'PATCH /users/{id}',
      recentLogin: true,
      summary: 'Changes a name, a role or permissions. Staff accounts need staff:write, admins an admin.',
      input: UpdateUser,
      output: UserView,
      errors: [userNotFound, userErased, lastAdmin, permissionsNeedStaff],
      repeat,
    },
    update,
  ),
  disable: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'POST /users/{id}/disable',
      summary: 'Ends all sessions of an account at once and lets it sign in no more.',
      input: UserRef,
      output: UserView,
      errors: [userNotFound, userErased, lastAdmin],
      repeat,
    },
    disable,
  ),
  enable: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'POST /users/{id}/enable',
      summary: 'Lets a disabled account sign in again; its old sessions stay ended.',
      input: UserRef,
      output: UserView,
      errors: [userNotFound, userErased],
      repeat,
    },
    enable,
  ),
  signOut: mutation(
    {
      access: 'customers:write|staff:write',
      rest: 'POST /users/{id}/sign-out',
      summary: 'Ends all sessions of an account.',
      input: UserRef,
      output: UserView,
      errors: [userNotFound, userErased],
      repeat,
    },
    signOut,
  ),
} satisfies TRPCRouterRecord
