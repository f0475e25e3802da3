import type { TRPCRouterRecord } from '@trpc/server'
import { pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'
import { create, remove, update } from './commands.ts'
import { countryTaken, taxRateNotFound } from './errors.ts'
import { get, list } from './queries.ts'
import { CreateTaxRate, ListTaxRates, TaxRateRef, TaxRateView, UpdateTaxRate } from './schema.ts'

export const taxRateRouter = {
  list: query(
    {
      access: 'settings:read',
      rest: 'GET /tax-rates',
      summary: 'The tax rates, by country; a country without one is not taxed.',
      input: ListTaxRates,
      output: pageOf(TaxRateView),
    },
    list,
  ),
  get: query(
    {
      access: 'settings:read',
      rest: 'GET /tax-rates/{id}',
      summary: 'One tax rate.',
      input: TaxRateRef,
      output: TaxRateView,
      errors: [taxRateNotFound],
    },
    get,
  ),
  create: mutation(
    {
      access: 'settings:write',
      rest: 'POST /tax-rates -> /tax-rates/{id}',
      summary: 'Sets the tax rate of a country.',
      input: CreateTaxRate,
      output: TaxRateView,
      errors: [countryTaken],
    },
    create,
  ),
  update: mutation(
    {
      access: 'settings:write',
      rest: 'PATCH /tax-rates/{id}',
      summary: 'Changes a tax rate; what is left out stays. Orders keep the rate they were placed at.',
      input: UpdateTaxRate,
      output: TaxRateView,
      errors: [taxRateNotFound],
    },
    update,
  ),
  delete: mutation(
    {
      access: 'settings:write',
      rest: 'DELETE /tax-rates/{id} -> 204',
      summary: 'Deletes a tax rate: its country is not taxed any more.',
      input: TaxRateRef,
      output: TaxRateRef,
      errors: [taxRateNotFound],
    },
    remove,
  ),
} satisfies TRPCRouterRecord
