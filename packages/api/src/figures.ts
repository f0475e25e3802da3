import { eventFigures } from './platform/events/figures.ts'
import type { Figure } from './platform/observe/figures.ts'
import { scheduleFigures } from './platform/schedule.ts'
import { inventoryFigures } from './shop/inventory/index.ts'

/** Every number of the metrics that the database knows. */
export const figures: readonly Figure[] = [...eventFigures, ...scheduleFigures, ...inventoryFigures]
