import { describeMetrics } from '@barrow/api/runtime'

/** The table of metrics of the README: name, kind, meaning. Those of the process itself are Prometheus' usual ones. */
export function metricsTable(): string {
  const rows = describeMetrics()
    .filter(({ name }) => name.startsWith('barrow_'))
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`)
  return ['| metric | kind | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
