import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { securityEvents } from '../security-events.ts'
import { SeriesCounter } from './series.ts'

/** Labels take values from closed lists of the code alone (a procedure, a consumer, a kind), never from input. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What a process counts of itself, as Prometheus reads it on the internal port. Each process has numbers of its own. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new SeriesCounter<L>({ name, help, labelNames, registers })
  const gauge = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers })
  const histogram = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Histogram<L>({ name, help, labelNames, registers, buckets: durations })

  const told = counter('barrow_security_events_total', 'What touches the shop’s security.', 'event')
  // Whoever looks for the first of them has to see that there were none.
  for (const event of securityEvents) told.inc({ event }, 0)
  const gatherers: (() => void | Promise<void>)[] = []
  return {
    registry,
    gauge,
    /** Calls `gather` whenever the numbers are asked for, before they are told. */
    onGather: (gather: () => void | Promise<void>) => void gatherers.push(gather),
    /** All numbers, in Prometheus' text. */
    async gather(): Promise<string> {
      await Promise.all(gatherers.map((gather) => gather()))
      return registry.metrics()
    },
    /** Watches the process itself too: processor, memory, event loop. For the one shop that a process is. */
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    calls: counter('barrow_calls_total', 'Calls of procedures, by how they ended.', 'procedure', 'outcome'),
    callSeconds: histogram('barrow_call_duration_seconds', 'How long calls of procedures took.', 'procedure'),
    sqlConflicts: counter(
      'barrow_sql_conflicts_total',
      'Statements that PostgreSQL refused over a race: serialization (40001), deadlock (40P01), uniqueness (23505).',
      'sqlstate',
    ),
    transactionRetries: counter('barrow_transaction_retries_total', 'Transactions tried again whole.', 'sqlstate'),
    securityEvents: told,
    limitHits: counter('barrow_limit_hits_total', 'Calls turned away since there were too many.', 'limit'),
    cacheReads: counter(
      'barrow_cache_reads_total',
      'Reads of the cache: hit, miss, error, or bypass by staff.',
      'cache',
      'outcome',
    ),
    searches: counter('barrow_search_queries_total', 'Searches, by the engine that answered.', 'engine'),
    searchFallbacks: counter('barrow_search_fallbacks_total', 'Searches answered by PostgreSQL for an engine away.'),
    reservationsExpired: counter('barrow_reservations_expired_total', 'Unpaid orders that gave their stock back.'),
    eventsConsumed: counter(
      'barrow_events_consumed_total',
      'Tries of consumers at events: done, retry or dead.',
      'consumer',
      'outcome',
    ),
    eventSeconds: histogram('barrow_event_duration_seconds', 'How long consumers took for an event.', 'consumer'),
    poolConnections: gauge('barrow_database_connections', 'Connections to PostgreSQL: in_use or idle.', 'state'),
    poolWaiting: gauge('barrow_database_waiting', 'Statements and transactions that wait for a connection.'),
    poolSize: gauge('barrow_database_pool_size', 'The most connections this process opens.'),
    requests: counter('barrow_http_responses_total', 'Answers over HTTP, by their code.', 'status'),
    requestsOpen: gauge('barrow_http_open_requests', 'Requests being answered, streams included.'),
    loopSeconds: gauge('barrow_worker_round_seconds', 'How long the round under way of a loop has taken.', 'loop'),
    ready: gauge('barrow_ready', 'Whether the process said, when it was last asked, that it is ready.'),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
