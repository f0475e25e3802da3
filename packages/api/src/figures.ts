import { eventFigures } from './platform/events/figures.ts'
import { type Figure, gaugesOf } from './platform/observe/figures.ts'
import { createMetrics } from './platform/observe/metrics.ts'
import { scheduleFigures } from './platform/schedule.ts'
import { inventoryFigures } from './shop/inventory/index.ts'

/** Every number of the metrics that the database knows. */
export const figures: readonly Figure[] = [...eventFigures, ...scheduleFigures, ...inventoryFigures]

/** Every metric that a process of the shop tells, the process's own among them. */
export function describeMetrics(): { readonly name: string; readonly help: string; readonly type: string }[] {
  const metrics = createMetrics()
  metrics.gauge('barrow_figures_missing', 'How many numbers the database did not give.')
  for (const figure of figures) gaugesOf(metrics, figure)
  metrics.watchProcess()
  return metrics.registry.getMetricsAsArray().map(({ name, help, type }) => ({ name, help, type: String(type) }))
}
