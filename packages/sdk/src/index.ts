export { type Barrow, type BarrowOptions, createBarrow } from './client.ts'
export {
  BarrowError,
  type CommonError,
  type CommonReason,
  type ErrorKind,
  type ErrorOf,
  isBarrowError,
  isCommonError,
  type Safe,
  safe,
} from './errors.ts'
export { iterate } from './iterate.ts'
export { formatMoney } from './money.ts'
export type { Credentials, SessionStore } from './session.ts'
export type * from './views.ts'
