import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { keyNotFound } from './errors.ts'
import { CreateKey, KeyRef, KeyView, ListKeys, NewKey } from './key-schema.ts'
import { create, get, list, revoke } from './keys.ts'

export const apiKeyRouter = {
  list: query(
    {
      access: 'settings:read',
      rest: 'GET /api-keys',
      summary: 'API keys, newest first.',
      input: ListKeys,
      output: pageOf(KeyView),
    },
    list,
  ),
  create: mutation(
    {
      access: 'settings:write',
      rest: 'POST /api-keys -> /api-keys/{id}',
      recentLogin: true,
      summary: 'Makes an API key with some of your own permissions. Its token is shown this once.',
      input: CreateKey,
      output: NewKey,
      repeat: 'never',
    },
    create,
  ),
  revoke: mutation(
    {
      access: 'settings:write',
      rest: 'DELETE /api-keys/{id} -> 204',
      summary: 'Ends an API key at once.',
      input: KeyRef,
      output: KeyView,
      errors: [keyNotFound],
      repeat: (ctx, id) => get(ctx, KeyRef.parse({ id })),
    },
    revoke,
  ),
} satisfies TRPCRouterRecord
