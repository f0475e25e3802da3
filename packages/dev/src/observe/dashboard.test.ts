import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeMetrics } from '@barrow/api/runtime'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../readme.ts'

const file = (path: string) => readFile(join(root, 'docker', path), 'utf8')

const Dashboard = z.object({
  title: z.string().min(1),
  uid: z.string().min(1),
  panels: z
    .array(
      z.object({
        id: z.int(),
        title: z.string().min(1),
        type: z.enum(['timeseries', 'stat']),
        gridPos: z.object({ x: z.int().max(23), y: z.int(), w: z.int(), h: z.int() }),
        targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string() })).min(1),
      }),
    )
    .min(1),
})
const Alerts = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Barrow[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+[smh]$/),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().min(20) }),
        }),
      ),
    }),
  ),
})

async function expressions(): Promise<string[]> {
  const { panels } = Dashboard.parse(JSON.parse(await file('grafana/barrow.json')))
  const { groups } = Alerts.parse(parse(await file('prometheus/alerts.yml')))
  return [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ]
}

/** A histogram is told in three series. */
const series = describeMetrics().flatMap(({ name, type }) =>
  type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
)
const namesIn = (expr: string) => expr.match(/\b(?:barrow|nodejs|process)_[a-z0-9_]+/g) ?? []

test('the dashboard and the alerts ask for metrics that there are', async () => {
  for (const expr of await expressions()) {
    expect(
      namesIn(expr).filter((name) => !series.includes(name)),
      expr,
    ).toEqual([])
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(expr.split(open ?? '').length, expr).toBe(expr.split(close ?? '').length)
    }
  }
})

test('what the shop tells of itself is on the dashboard', async () => {
  const shown = new Set((await expressions()).flatMap(namesIn).map((name) => name.replace(/_(bucket|sum|count)$/, '')))
  const ours = describeMetrics().flatMap(({ name }) => (name.startsWith('barrow_') ? [name] : []))
  expect(ours.filter((name) => !shown.has(name))).toEqual([])
})

test('panels and alerts are told apart by their names', async () => {
  const { panels } = Dashboard.parse(JSON.parse(await file('grafana/barrow.json')))
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const { groups } = Alerts.parse(parse(await file('prometheus/alerts.yml')))
  const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
  expect(new Set(names).size).toBe(names.length)
})

test('Prometheus is told where the internal ports are, and to say the token', async () => {
  const { rule_files, scrape_configs } = parse(await file('prometheus/prometheus.yml'))
  expect(rule_files).toEqual(['alerts.yml'])
  expect(scrape_configs.map((one: { job_name: string }) => one.job_name)).toEqual(['barrow-api', 'barrow-worker'])
  for (const { authorization } of scrape_configs) expect(authorization.credentials_file).toMatch(/internal_token$/)
})
