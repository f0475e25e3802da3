import { events } from '@barrow/api/events'
import { type Topic, topicOf } from './transport.ts'

/** What is not as with the others: orders are what most happens to, and what is asked about longest. */
const special: Readonly<Record<string, Partial<Topic>>> = {
  order: { partitions: 12, retentionDays: 30 },
}

/** One topic for each kind of aggregate that the shop publishes events of. */
export const topics: readonly Topic[] = [...new Set(events.map((event) => topicOf(event.name)))].map((name) => ({
  name,
  partitions: 6,
  retentionDays: 7,
  ...special[name],
}))
