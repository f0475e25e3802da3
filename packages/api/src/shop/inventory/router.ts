import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { variantNotFound } from '../product/index.ts'
import { adjust, setLevel, setLevels, setTracked } from './commands.ts'
import { belowReserved, stockLimit } from './errors.ts'
import { get, list, movements, reservations } from './queries.ts'
import {
  Adjust,
  GetStock,
  ListMovements,
  ListReservations,
  ListStock,
  Movement,
  ReservationView,
  SetLevel,
  SetLevels,
  SetTracked,
  StockLevel,
  StockLevels,
} from './schema.ts'

export const inventoryRouter = {
  list: query(
    {
      access: 'inventory:read',
      rest: 'GET /stock',
      summary: 'The stock of every variant, or of those that are low.',
      input: ListStock,
      output: pageOf(StockLevel),
    },
    list,
  ),
  get: query(
    {
      access: 'inventory:read',
      rest: 'GET /stock/{variantId}',
      summary: 'The stock of one variant.',
      input: GetStock,
      output: StockLevel,
      errors: [variantNotFound],
    },
    get,
  ),
  setLevel: mutation(
    {
      access: 'inventory:write',
      rest: 'PUT /stock/{variantId}',
      summary: 'Sets how many were counted; the ledger gets the difference.',
      input: SetLevel,
      output: StockLevel,
      errors: [variantNotFound, belowReserved, stockLimit],
    },
    setLevel,
  ),
  setLevels: mutation(
    {
      access: 'inventory:write',
      rest: 'PUT /stock',
      summary: 'Sets the levels of up to 250 variants, all or none.',
      input: SetLevels,
      output: StockLevels,
      errors: [variantNotFound, belowReserved, stockLimit],
    },
    setLevels,
  ),
  adjust: mutation(
    {
      access: 'inventory:write',
      rest: 'POST /stock/{variantId}/adjustments',
      summary: 'Adds units to a level or takes them away, for a reason.',
      input: Adjust,
      output: StockLevel,
      errors: [variantNotFound, belowReserved, stockLimit],
    },
    adjust,
  ),
  setTracked: mutation(
    {
      access: 'inventory:write',
      rest: 'PUT /stock/{variantId}/tracked',
      summary: 'Says whether a variant is counted, or sells without limit.',
      input: SetTracked,
      output: StockLevel,
      errors: [variantNotFound, belowReserved, stockLimit],
    },
    setTracked,
  ),
  movements: query(
    {
      access: 'inventory:read',
      rest: 'GET /stock-movements',
      summary: 'The ledger, newest first: every time that units came or went, and why.',
      input: ListMovements,
      output: pageOf(Movement),
    },
    movements,
  ),
  reservations: query(
    {
      access: 'inventory:read',
      rest: 'GET /reservations',
      summary: 'What orders have reserved, newest first.',
      input: ListReservations,
      output: pageOf(ReservationView),
    },
    reservations,
  ),
} satisfies TRPCRouterRecord
