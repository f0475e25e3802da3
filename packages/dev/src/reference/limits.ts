import { bounds, declinePauseSeconds, type Limit, limits, policies } from '@barrow/api/limits-table'
import { procedures } from './procedures.ts'

const spans: readonly [seconds: number, name: string][] = [
  [3600, 'hour'],
  [60, 'minute'],
]

function span(seconds: number): string {
  const [size, name] = spans.find(([size]) => seconds % size === 0) ?? [1, 'second']
  return seconds === size ? name : `${seconds / size} ${name}s`
}

const whose = { caller: 'a caller', address: 'an address', subject: 'an account or e-mail address' } as const

const countedBy: Readonly<Record<Limit['store'], string>> = {
  process: 'each process',
  later: 'each process, and all a second later; without their store each process',
  shared: 'all processes; without their store refused',
}

/** The table of limits of the README: what is limited, how often, where it is counted, and which procedures say so. */
export function limitsTable(): string {
  const users = Map.groupBy(procedures(), ({ meta }) => meta.limit ?? 'browse')
  const rows = Object.entries<Limit>(limits).map(([name, limit]) => {
    const policy = Object.entries<readonly string[]>(policies).find(([, names]) => names.includes(name))?.[0]
    // Found among its keys.
    const on =
      policy === undefined
        ? 'every call'
        : (users.get(policy as keyof typeof policies) ?? []).map(({ path }) => `\`${path}\``)
    const what = limit.counts === 'failures' ? 'wrong tries' : 'calls'
    const burst = limit.burst === undefined ? '' : `, and ${limit.burst} more for once`
    return `| \`${name}\` | ${limit.points} ${what} of ${whose[limit.per]} in ${article(span(limit.seconds))}${burst} | ${countedBy[limit.store]} | ${[on].flat().join(', ')} |`
  })
  const rest: [string, string, string, string][] = [
    [
      'streams',
      `${bounds.streams} open of a caller, ${bounds.streamsOfAddress} of the guests of an address`,
      'each process',
      'every stream',
    ],
    ['unpaid-orders', `${bounds.unpaidOrders} of a buyer at a time`, 'the database', '`order.place`'],
    ['declines', `${bounds.declines} of an order within ${span(declinePauseSeconds)}`, 'the database', '`order.pay`'],
  ]
  return [
    '| limit | how often | counted by | on |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...rest.map((row) => `| \`${row[0]}\` | ${row.slice(1).join(' | ')} |`),
  ].join('\n')
}

const article = (span: string): string => (/^\d/.test(span) ? span : span === 'hour' ? 'an hour' : `a ${span}`)
