import type { Figure } from '../../platform/observe/figures.ts'

/** What is kept for orders that are not paid yet. */
export const inventoryFigures: readonly Figure[] = [
  {
    sql: `select count(*)::int as live, count(*) filter (where expires_at <= now())::int as overdue
      from reservation where state = 'live'`,
    gauges: {
      live: { name: 'barrow_reservations_live', help: 'Reservations that hold stock.' },
      overdue: { name: 'barrow_reservations_overdue', help: 'Those of them whose order should have been paid by now.' },
    },
  },
]
