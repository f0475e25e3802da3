export { TaxRate, type TaxRateId, TaxRateSchema, taxRateId } from './entity.ts'
export { TaxRateView } from './schema.ts'
