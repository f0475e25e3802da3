import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Environment, readConfig } from '@barrow/api/runtime'
import { Deployment } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Job } from 'kubernetes-models/batch/v1'
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-models/v1'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { docker, filesOf, manifestsOf, openshift, resourcesOf } from './manifests.ts'
import { unknownFields } from './unknown-fields.ts'

const ways = ['route', 'ingress']
const secrets = join(openshift, 'secrets.example.yaml')
const files = [...['base', ...ways].flatMap((folder) => filesOf(join(openshift, folder))), secrets]
const all = files.flatMap((file) => manifestsOf(file))
const named = (kind: string) => all.filter((manifest) => manifest.kind === kind)

// Each takes its own kind, which is what a manifest claims to be.
const schemas: Record<string, new (manifest: never) => { validate(): void }> = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  Secret,
  Service,
  ServiceAccount,
}
/** OpenShift's own, of which Kubernetes has no schema. */
const Route = z.strictObject({
  apiVersion: z.literal('route.openshift.io/v1'),
  kind: z.literal('Route'),
  metadata: z.strictObject({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
  spec: z.strictObject({
    host: z.string(),
    to: z.strictObject({ kind: z.literal('Service'), name: z.string(), weight: z.int().min(0).max(256) }),
    port: z.strictObject({ targetPort: z.string() }),
    tls: z.strictObject({
      termination: z.enum(['edge', 'passthrough', 'reencrypt']),
      insecureEdgeTerminationPolicy: z.enum(['Allow', 'Redirect', 'None']),
    }),
    wildcardPolicy: z.enum(['None', 'Subdomain']),
  }),
})

test.each(all.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
  'a cluster takes %s %s',
  (kind, _name, manifest) => {
    if (kind === 'Route') return void Route.parse(manifest)
    const Model = schemas[kind]
    if (Model === undefined) throw new Error(`${kind} has no schema here`)
    const model = new Model(manifest as never)
    expect(model).toMatchObject({ apiVersion: manifest.apiVersion, kind })
    model.validate()
  },
)

test('no manifest has a field that its kind does not know', async () => {
  expect(await unknownFields(all.filter(({ kind }) => kind !== 'Route'))).toEqual([])
  const [deployment] = named('Deployment')
  expect(await unknownFields([Object.assign({}, deployment, { spec: { ...deployment?.spec, replica: 3 } })])).toEqual([
    expect.stringContaining('"replica"'),
  ])
})

test('every file is applied by each way in, but the secrets, which are for the operator to make', () => {
  for (const way of ways) {
    const wanted = [...filesOf(join(openshift, 'base')), ...filesOf(join(openshift, way))]
    expect(resourcesOf(join(openshift, way)).sort()).toEqual(wanted.sort())
  }
})

const pods = all.flatMap(({ metadata, spec }) => {
  const [container] = spec?.template?.spec.containers ?? []
  if (spec?.template === undefined || container === undefined) return []
  return [{ name: metadata.name, container, pod: spec.template.spec, labels: spec.template.metadata.labels }]
})

test.each(pods)('the restricted profile admits $name, which can do no more than it must', ({ pod, container }) => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  // OpenShift gives each namespace user ids of its own.
  expect(pod.securityContext).not.toHaveProperty('runAsUser')
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field)
  for (const volume of pod.volumes ?? []) {
    // Certificates of authorities are no secret.
    expect([
      ['name', 'emptyDir'],
      ['name', 'configMap'],
    ]).toContainEqual(Object.keys(volume))
  }
  expect(pod.containers).toHaveLength(1)
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  const { requests, limits } = container.resources
  for (const amounts of [requests, limits]) expect(Object.keys(amounts).sort()).toEqual(['cpu', 'memory'])
})

test('images are those of the Dockerfile, each at a version', () => {
  const [kustomization] = manifestsOf(join(openshift, 'base', 'kustomization.yaml'))
  const images = kustomization?.images ?? []
  expect(new Set(pods.map(({ container }) => container.image))).toEqual(new Set(images.map(({ name }) => name)))
  const dockerfile = readFileSync(join(docker, 'Dockerfile'), 'utf8')
  for (const { name, newTag } of images) {
    expect(dockerfile).toContain(` AS ${name.replace('barrow-', '')}\n`)
    expect(newTag).toMatch(/^\d+\.\d+\.\d+$/)
  }
})

test('every setting is one that Barrow reads, and secrets hold nothing', () => {
  const settings = named('ConfigMap').flatMap(({ data = {} }) => Object.keys(data))
  const secret = named('Secret').flatMap(({ stringData = {} }) => Object.entries(stringData))
  const known = Object.keys(Environment.shape)
  const names = [...settings, ...secret.map(([name]) => name)]
  expect(names.filter((name) => !known.includes(name))).toEqual([])
  expect(secret.filter(([, value]) => value !== '')).toEqual([])
  const secretive = settings.filter((name) => /SECRET|TOKEN|PASSWORD|KEY|_URL$/.test(name))
  expect(secretive.sort()).toEqual(['PUBLIC_URL', 'STOREFRONT_URL'])
})

test('filled in, the settings are enough to start with, and servers have to prove who they are or be named', () => {
  const [config] = named('ConfigMap')
  const database = (host: string) => `postgres://barrow_app:0123456789abcdef@${host}:5432/barrow`
  const strong = () => randomBytes(32).toString('base64url')
  const filled = (DATABASE_URL: string) => ({
    ...config?.data,
    NODE_ENV: 'production',
    DATABASE_URL,
    SECRET: strong(),
    INTERNAL_PORT: '9464',
    INTERNAL_TOKEN: strong(),
    SMTP_URL: 'smtps://shop:0123456789abcdef@mail.example.com',
    STRIPE_SECRET_KEY: `sk_live_${randomBytes(24).toString('hex')}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${strong()}`,
  })
  const inside = database('postgres.shop.svc')
  expect(readConfig(filled(inside)).database.url).toContain('sslmode=verify-full')
  const exempt = { ...filled(inside), UNENCRYPTED_HOSTS: 'postgres.shop.svc' }
  expect(readConfig(exempt)).toMatchObject({ database: { url: inside }, unencryptedHosts: ['postgres.shop.svc'] })
  // The job that migrates goes by the same rule.
  const migrating = pods.find(({ name }) => name === 'barrow-migrate')
  expect(JSON.stringify(migrating?.container)).toContain('"key":"UNENCRYPTED_HOSTS"')
})

test('only migrations are given the role that owns the tables', () => {
  const owners = pods.filter(({ container }) => JSON.stringify(container.envFrom).includes('barrow-owner'))
  expect(owners.map(({ name }) => name)).toEqual(['barrow-migrate'])
})

test('services, disruption budgets, autoscalers and ways in lead to what is there', () => {
  const podsOf = (labels: object = {}) =>
    pods.filter((pod) => Object.entries(labels).every(([name, value]) => pod.labels[name] === value))
  for (const { spec } of named('Service')) {
    const [pod, ...others] = podsOf(spec?.selector)
    expect(others).toEqual([])
    const ports = pod?.container.ports?.map(({ name }) => name)
    for (const { targetPort } of spec?.ports ?? []) expect(ports).toContain(targetPort)
  }
  for (const { spec } of named('PodDisruptionBudget')) expect(podsOf(spec?.selector?.matchLabels)).toHaveLength(1)
  const deployments = named('Deployment').map(({ metadata }) => metadata.name)
  for (const { spec } of named('HorizontalPodAutoscaler')) expect(deployments).toContain(spec?.scaleTargetRef?.name)
  const services = named('Service').map(({ metadata }) => metadata.name)
  for (const { spec } of named('Route')) expect(services).toContain(spec?.to?.name)
  for (const ingress of named('Ingress')) expect(JSON.stringify(ingress)).toContain(`"service":{"name":"barrow-api"`)
})

test('the kubelet asks each process that serves for its own health', () => {
  for (const { container } of pods.filter(({ name }) => name !== 'barrow-migrate')) {
    const { startupProbe, livenessProbe, readinessProbe } = container
    const paths = { startupProbe: 'started', livenessProbe: 'live', readinessProbe: 'ready' }
    const asked = Object.entries({ startupProbe, livenessProbe, readinessProbe })
    expect(Object.fromEntries(asked.map(([name, probe]) => [name, probe?.httpGet]))).toEqual(
      Object.fromEntries(
        Object.entries(paths).map(([name, path]) => [name, { path: `/health/${path}`, port: 'internal' }]),
      ),
    )
  }
})

test('what no policy names is denied, both ways', () => {
  const policies = named('NetworkPolicy')
  expect(policies.find(({ metadata }) => metadata.name === 'barrow-nothing')?.spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'barrow' } },
    policyTypes: ['Ingress', 'Egress'],
  })
  for (const { spec: { ingress = [], egress = [] } = {} } of policies) {
    for (const { ports } of [...ingress, ...egress]) expect(ports.length).toBeGreaterThan(0)
    for (const { from = [] } of ingress) expect(from.length).toBeGreaterThan(0)
  }
})
