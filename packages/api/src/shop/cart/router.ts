import type { TRPCRouterRecord } from '@trpc/server'
import type { Context } from '../../platform/context.ts'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { variantNotFound } from '../product/index.ts'
import { shippingMethodNotFound } from '../shipping/index.ts'
import * as admin from './admin.ts'
import { create, remove, setDetails, setShippingMethod } from './commands.ts'
import {
  cartClosed,
  cartNotFound,
  lineLimit,
  lineNotFound,
  noPrice,
  notForSale,
  quantityLimit,
  shippingMethodUnavailable,
} from './errors.ts'
import { addLine, clear, lockingFor, removeLine, updateLine } from './lines.ts'
import { locking } from './lock.ts'
import { current, get } from './queries.ts'
import {
  AddLine,
  AdminCartView,
  CartRef,
  CartSummary,
  CartView,
  ClearCart,
  CreateCart,
  ListCarts,
  NoInput,
  RemoveLine,
  SetDetails,
  SetShippingMethod,
  UpdateLine,
} from './schema.ts'

/** A shopper's change to their own cart: it answers the whole cart, which holds addresses, so repeats read it again. */
const own = {
  access: 'shopper',
  output: CartView,
  audit: 'none',
  repeat: {
    of: ({ cartId }: { cartId: string }) => cartId,
    read: (ctx: Context, id: string) => get(ctx, CartRef.parse({ id })),
  },
} as const

export const cartRouter = {
  create: mutation(
    {
      ...own,
      rest: 'POST /carts -> /carts/{id}',
      summary: 'Begins a cart, or answers the one that is open.',
      input: CreateCart,
      // Made again it answers the open cart by itself; a kept id would name one that may be gone by then.
      repeat: 'never',
    },
    create,
  ),
  get: query(
    {
      access: 'shopper',
      rest: 'GET /carts/{id}',
      summary: 'A cart of the caller’s own, with its price of now and the quote that seals it.',
      input: CartRef,
      output: CartView,
      errors: [cartNotFound],
    },
    get,
  ),
  current: query(
    {
      access: 'shopper',
      rest: 'GET /carts/current',
      summary: 'The open cart of the caller, or null.',
      input: NoInput,
      output: CartView.nullable(),
    },
    current,
  ),
  addLine: mutation(
    {
      ...own,
      rest: 'POST /carts/{cartId}/lines',
      summary: 'Adds so many of a variant, to the line of it if there is one.',
      input: AddLine,
      along: lockingFor,
      errors: [cartNotFound, cartClosed, variantNotFound, notForSale, noPrice, lineLimit, quantityLimit],
    },
    addLine,
  ),
  updateLine: mutation(
    {
      ...own,
      rest: 'PATCH /carts/{cartId}/lines/{lineId}',
      summary: 'Sets how many there are of a line; 0 takes it out.',
      input: UpdateLine,
      along: locking,
      errors: [cartNotFound, cartClosed, lineNotFound],
    },
    updateLine,
  ),
  removeLine: mutation(
    {
      ...own,
      rest: 'DELETE /carts/{cartId}/lines/{lineId}',
      summary: 'Takes a line out.',
      input: RemoveLine,
      along: locking,
      errors: [cartNotFound, cartClosed, lineNotFound],
    },
    removeLine,
  ),
  clear: mutation(
    {
      ...own,
      rest: 'DELETE /carts/{cartId}/lines',
      summary: 'Takes every line out.',
      input: ClearCart,
      along: locking,
      errors: [cartNotFound, cartClosed],
    },
    clear,
  ),
  setDetails: mutation(
    {
      ...own,
      rest: 'PATCH /carts/{cartId}',
      summary: 'Sets e-mail, addresses or country; what is left out stays, null takes away.',
      input: SetDetails,
      along: locking,
      errors: [cartNotFound, cartClosed],
    },
    setDetails,
  ),
  setShippingMethod: mutation(
    {
      ...own,
      rest: 'PUT /carts/{cartId}/shipping-method',
      summary: 'Chooses how the order is sent.',
      input: SetShippingMethod,
      along: locking,
      errors: [cartNotFound, cartClosed, shippingMethodNotFound, shippingMethodUnavailable],
    },
    setShippingMethod,
  ),
  delete: mutation(
    {
      access: 'shopper',
      rest: 'DELETE /carts/{id} -> 204',
      summary: 'Deletes a cart of the caller’s own.',
      input: CartRef,
      output: CartRef,
      audit: 'none',
      errors: [cartNotFound],
    },
    remove,
  ),
  adminList: query(
    {
      access: 'carts:read',
      rest: 'GET /admin/carts',
      summary: 'Everybody’s carts, newest first.',
      input: ListCarts,
      output: pageOf(CartSummary),
    },
    admin.list,
  ),
  adminGet: query(
    {
      access: 'carts:read',
      rest: 'GET /admin/carts/{id}',
      summary: 'Anybody’s cart.',
      input: CartRef,
      output: AdminCartView,
      errors: [cartNotFound],
    },
    admin.get,
  ),
  adminDelete: mutation(
    {
      access: 'carts:write',
      rest: 'DELETE /admin/carts/{id} -> 204',
      summary: 'Deletes anybody’s cart; an order that was made of it stays.',
      input: CartRef,
      output: CartRef,
      errors: [cartNotFound],
    },
    admin.remove,
  ),
} satisfies TRPCRouterRecord
