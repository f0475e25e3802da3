import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { create, remove, update } from './commands.ts'
import { addressNotFound, tooManyAddresses } from './errors.ts'
import { get, list } from './queries.ts'
import { AddressRef, AddressView, CreateAddress, ListAddresses, UpdateAddress } from './schema.ts'

const repeat = (ctx: Parameters<typeof get>[0], id: string) => get(ctx, AddressRef.parse({ id }))

export const addressRouter = {
  list: query(
    {
      access: 'customer',
      rest: 'GET /addresses',
      summary: 'Your addresses, oldest first.',
      input: ListAddresses,
      output: pageOf(AddressView),
    },
    list,
  ),
  get: query(
    {
      access: 'customer',
      rest: 'GET /addresses/{id}',
      summary: 'One of your addresses.',
      input: AddressRef,
      output: AddressView,
      errors: [addressNotFound],
    },
    get,
  ),
  create: mutation(
    {
      access: 'customer',
      rest: 'POST /addresses -> /addresses/{id}',
      summary: 'Keeps an address, up to 50 of them. A new default replaces the one before.',
      input: CreateAddress,
      output: AddressView,
      errors: [tooManyAddresses],
      repeat,
    },
    create,
  ),
  update: mutation(
    {
      access: 'customer',
      rest: 'PATCH /addresses/{id}',
      summary: 'Changes an address; what is left out stays.',
      input: UpdateAddress,
      output: AddressView,
      errors: [addressNotFound],
      repeat,
    },
    update,
  ),
  delete: mutation(
    {
      access: 'customer',
      rest: 'DELETE /addresses/{id} -> 204',
      summary: 'Deletes an address. Orders keep their own copy.',
      input: AddressRef,
      output: AddressRef,
      errors: [addressNotFound],
    },
    remove,
  ),
} satisfies TRPCRouterRecord
