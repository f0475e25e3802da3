import type { ClientBase } from 'pg'
import type { Connected } from '../orm.ts'
import type { Tracing } from '../ports/tracing.ts'
import { sqlState } from '../transaction.ts'
import type { Metrics } from './metrics.ts'

/** Races that PostgreSQL settles: serialization failure, deadlock, unique violation. */
const CONFLICTS = new Set(['40001', '40P01', '23505'])

interface Watching {
  readonly metrics: Metrics
  readonly tracing: Tracing
}

/** Tells how many connections there are, shared ones included, and how many wait for one. */
export function watchConnections({ pool, lanes }: Connected, metrics: Metrics): void {
  metrics.onGather(() => {
    const { totalCount, idleCount, waitingCount, options } = pool
    const { open, busy, most } = lanes ?? { open: 0, busy: 0, most: 0 }
    metrics.poolConnections.set({ state: 'in_use' }, totalCount - idleCount + busy)
    metrics.poolConnections.set({ state: 'idle' }, idleCount + open - busy)
    metrics.poolWaiting.set(waitingCount)
    metrics.poolSize.set(options.max + most)
  })
}

/** Watches what a connection is asked: counts lost races, and has a span for each statement of a traced call. */
export function watchStatements(client: ClientBase, { metrics, tracing }: Watching): void {
  const ask: (...asked: unknown[]) => unknown = client.query.bind(client)
  const watched = (...asked: unknown[]) => {
    const [text] = asked
    const span =
      typeof text === 'string' && tracing.current() !== undefined
        ? tracing.begin(nameOf(text), {
            kind: 'client',
            attributes: { 'db.system.name': 'postgresql', 'db.query.text': withoutValues(text) },
          })
        : undefined
    const answer = ask(...asked)
    if (answer instanceof Promise) {
      answer.then(
        () => span?.end(),
        (error: unknown) => {
          const state = sqlState(error)
          if (state !== undefined && CONFLICTS.has(state)) metrics.sqlConflicts.inc({ sqlstate: state })
          span?.end(state ?? 'connection')
        },
      )
    } else span?.end()
    return answer
  }
  // All forms in which pg takes a question go through as they are.
  Reflect.set(client, 'query', watched)
}

const VERB =
  /^\s*(select|insert into|update|delete from|begin|start transaction|commit|rollback|savepoint|release savepoint|set|listen)\b(?:\s+(?:only\s+)?"?([a-z_]+)"?)?/i

/** What a statement does, and to which table if it says so first. */
function nameOf(text: string): string {
  const [, verb = 'sql', table] = VERB.exec(text) ?? []
  const word = verb.toLowerCase()
  if (/^(insert into|update|delete from)$/.test(word) && table !== undefined) return `${word.split(' ')[0]} ${table}`
  const from = word === 'select' ? /\bfrom\s+"?([a-z_]+)"?/i.exec(text)?.[1] : undefined
  return from === undefined ? word : `${word} ${from}`
}

/** Several statements that go in one round trip are one text. */
const MAX_TEXT = 10_000

/** A statement without the values that stand in it. What could still hold one is left out whole. */
export function withoutValues(text: string): string | undefined {
  const bare = text
    .replaceAll(/'(?:[^'\\]|'')*'/g, '?')
    .replaceAll(/(?<![\w$"])-?\d+(?:\.\d+)?(?![\w"])/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /['\\]|\$\$|--|\/\*/.test(bare) ? undefined : bare.slice(0, MAX_TEXT)
}
