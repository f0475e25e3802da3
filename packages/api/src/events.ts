import { CategoryChanged } from './shop/category/events.ts'

/** The catalogue: every event the shop publishes. */
export const events = [CategoryChanged] as const
