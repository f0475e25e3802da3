import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { create, remove, update } from './commands.ts'
import { shippingMethodNotFound } from './errors.ts'
import { available, get, list } from './queries.ts'
import {
  AvailableShippingMethods,
  CreateShippingMethod,
  ListShippingMethods,
  ShippingMethodRef,
  ShippingMethodView,
  ShippingOffer,
  UpdateShippingMethod,
} from './schema.ts'

export const shippingMethodRouter = {
  available: query(
    {
      access: 'public',
      rest: 'GET /shipping-offers',
      summary: 'The ways to send an order to a country, with their prices in a currency.',
      input: AvailableShippingMethods,
      output: pageOf(ShippingOffer),
    },
    available,
  ),
  list: query(
    {
      access: 'settings:read',
      rest: 'GET /shipping-methods',
      summary: 'All shipping methods, in order.',
      input: ListShippingMethods,
      output: pageOf(ShippingMethodView),
    },
    list,
  ),
  get: query(
    {
      access: 'settings:read',
      rest: 'GET /shipping-methods/{id}',
      summary: 'One shipping method.',
      input: ShippingMethodRef,
      output: ShippingMethodView,
      errors: [shippingMethodNotFound],
    },
    get,
  ),
  create: mutation(
    {
      access: 'settings:write',
      rest: 'POST /shipping-methods -> /shipping-methods/{id}',
      summary: 'Adds a shipping method.',
      input: CreateShippingMethod,
      output: ShippingMethodView,
    },
    create,
  ),
  update: mutation(
    {
      access: 'settings:write',
      rest: 'PATCH /shipping-methods/{id}',
      summary: 'Changes a shipping method; what is left out stays, `countries` and `prices` are replaced whole.',
      input: UpdateShippingMethod,
      output: ShippingMethodView,
      errors: [shippingMethodNotFound],
    },
    update,
  ),
  delete: mutation(
    {
      access: 'settings:write',
      rest: 'DELETE /shipping-methods/{id} -> 204',
      summary: 'Deletes a shipping method; carts that chose it have to choose again.',
      input: ShippingMethodRef,
      output: ShippingMethodRef,
      errors: [shippingMethodNotFound],
    },
    remove,
  ),
} satisfies TRPCRouterRecord
