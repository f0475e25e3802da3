import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Environment, readConfig, readDatabase } from '@barrow/api/runtime'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { docker } from './manifests.ts'

interface Service {
  readonly image: string
  readonly ports?: readonly string[]
  readonly user?: string
  readonly environment?: Readonly<Record<string, string | number | null>>
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly read_only?: boolean
  readonly mem_limit?: string
  readonly pids_limit?: number
}

const source = readFileSync(join(docker, 'compose.yaml'), 'utf8')
const services: [string, Service][] = Object.entries(parse(source, { merge: true }).services)
const ours = services.filter(([, { image }]) => image.startsWith('barrow-'))

const folder = mkdtempSync(join(tmpdir(), 'barrow-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
const makeSecrets = () => execFileSync(process.execPath, [join(docker, 'secrets.mjs'), folder])
const written = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())

/** What a container is given when whoever starts it has set nothing. */
const settingsOf = (name: string): Record<string, string> => {
  const { environment = {} } = services.find(([found]) => found === name)?.[1] ?? {}
  const given = Object.entries(environment).filter(([, value]) => value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, String(value).replaceAll(/\$\{\w+:-(.*?)\}/g, '$1')]))
}

test('nothing is published but the API, to this machine alone', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]))
  // biome-ignore lint/suspicious/noTemplateCurlyInString: compose fills it in.
  expect(published).toEqual([['api', '127.0.0.1:${PORT:-4000}:4000']])
})

test.each(services)('%s can do no more than it must', (_name, service) => {
  expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  expect(service.mem_limit).toMatch(/^\d+[mg]$/)
  expect(service.pids_limit).toBeGreaterThan(0)
})

test.each(ours)('%s runs on a root that it cannot write to', (name, service) => {
  expect(service.read_only).toBe(true)
  expect(service.user).toBe(name === 'secrets' ? '0:0' : '1000:0')
})

test('every setting is one that Barrow reads, and none of them is a secret', () => {
  const known = [...Object.keys(Environment.shape), 'OPENSEARCH_URL']
  for (const [, { environment = {} }] of ours) {
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([])
    const given = Object.entries(environment).filter(([, value]) => value !== null)
    expect(given.map(([name]) => name).filter((name) => /SECRET|TOKEN|PASSWORD|KEY$|DATABASE/.test(name))).toEqual([])
  }
})

test('the secrets are made once, each for its reader alone', () => {
  makeSecrets()
  const first = written().map((file) => [file, readFileSync(file, 'utf8')])
  for (const [file] of first) expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
  for (const reader of readdirSync(folder)) expect(statSync(join(folder, reader)).mode & 0o777).toBe(0o700)
  makeSecrets()
  expect(written().map((file) => [file, readFileSync(file, 'utf8')])).toEqual(first)

  const shop = readFileSync(join(folder, 'shop', 'env'), 'utf8')
  const owner = readFileSync(join(folder, 'postgres', 'owner'), 'utf8')
  expect(readConfig({ ...settingsOf('api'), ...parseEnv(shop) })).toBeDefined()
  const migrating = readFileSync(join(folder, 'owner', 'env'), 'utf8')
  expect(readDatabase({ ...settingsOf('migrate'), ...parseEnv(migrating) }).ownerUrl).toContain(owner)
  expect(shop).not.toContain(owner)
  const readers = services.filter(([, { volumes = [] }]) => volumes.some((volume) => volume.includes('/owner:')))
  expect(readers.map(([name]) => name)).toEqual(['migrate'])
})

test('git and the images leave the secrets alone', () => {
  const ignored = readFileSync(join(docker, '..', '.gitignore'), 'utf8')
  expect(ignored.split('\n')).toContain('docker/.secrets/')
  const [first, ...taken] = readFileSync(join(docker, '..', '.dockerignore'), 'utf8').split('\n')
  expect(first).toBe('*')
  expect(taken.filter((line) => line.startsWith('!docker'))).toEqual(['!docker/healthcheck.mjs'])
})
