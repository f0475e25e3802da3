import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from '../readme.ts'

export const docker = join(root, 'docker')
export const openshift = join(docker, 'openshift')

type Labels = Readonly<Record<string, string>>

interface Container {
  readonly image: string
  readonly ports?: readonly { readonly name: string }[]
  readonly envFrom: readonly object[]
  readonly securityContext: object
  readonly resources: { readonly requests: object; readonly limits: object }
  readonly startupProbe?: { readonly httpGet: object }
  readonly livenessProbe?: { readonly httpGet: object }
  readonly readinessProbe?: { readonly httpGet: object }
}

interface Rule {
  readonly ports: readonly object[]
  readonly from?: readonly object[]
}

/** An object of the cluster, or a kustomization, as its file says it: what the tests look at. Schemas judge the rest. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Labels
  readonly stringData?: Labels
  readonly resources?: readonly string[]
  readonly images?: readonly { readonly name: string; readonly newTag: string }[]
  readonly spec?: {
    readonly template?: {
      readonly metadata: { readonly labels: Labels }
      readonly spec: {
        readonly containers: readonly Container[]
        readonly volumes?: readonly object[]
        readonly securityContext: object
      }
    }
    readonly selector?: Labels & { readonly matchLabels?: Labels }
    readonly ports?: readonly { readonly targetPort: string }[]
    readonly scaleTargetRef?: { readonly name: string }
    readonly to?: { readonly name: string }
    readonly ingress?: readonly Rule[]
    readonly egress?: readonly Rule[]
  }
}

/** The documents of one file. Raises what is wrong with its YAML. */
export const manifestsOf = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1', merge: true }).map((document) => {
    if (document.errors[0]) throw document.errors[0]
    return document.toJS()
  })

/** The files of a kustomization and of those it is made from. */
export function resourcesOf(folder: string): string[] {
  const [kustomization] = manifestsOf(join(folder, 'kustomization.yaml'))
  return (kustomization?.resources ?? []).flatMap((name) => {
    const path = join(folder, name)
    if (!existsSync(path)) throw new Error(`${folder} names ${name}, which is not there`)
    return name.endsWith('.yaml') ? [path] : resourcesOf(path)
  })
}

/** The manifests beside a kustomization. */
export const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => join(folder, name))
