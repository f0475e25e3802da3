import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { parse } from 'yaml'
import { root } from '../readme.ts'
import { type Shipped, shipped } from './packages.ts'

/** What images and the SDK hold, as a bill of materials: CycloneDX 1.6 in JSON, the same for the same lock file. */
export async function sbom(): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const lock: { packages: Record<string, { resolution?: { integrity?: string } }> } = parse(
    await readFile(join(root, 'pnpm-lock.yaml'), 'utf8'),
  )
  const bom = new Models.Bom()
  const barrow = new Models.Component(Enums.ComponentType.Application, 'barrow', {
    version,
    bomRef: `barrow@${version}`,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression('MIT')]),
  })
  bom.metadata.component = barrow

  const packages = await shipped()
  const components = new Map([...packages].map(([key, found]) => [key, component(key, found, lock.packages[key])]))
  const needed = new Set([...packages.values()].flatMap(({ needs }) => needs))
  for (const [key, { needs }] of packages) {
    const part = components.get(key)
    if (part === undefined) continue
    bom.components.add(part)
    if (!needed.has(key)) barrow.dependencies.add(part.bomRef)
    for (const other of needs) {
      const reference = components.get(other)?.bomRef
      if (reference !== undefined) part.dependencies.add(reference)
    }
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

function component(
  key: string,
  { name, version, licence }: Shipped,
  locked: { resolution?: { integrity?: string } } | undefined,
): Models.Component {
  const [, group, base = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? []
  const purl = `pkg:npm/${group === undefined ? '' : `${encodeURIComponent(group)}/`}${base}@${version}`
  const part = new Models.Component(Enums.ComponentType.Library, base, {
    ...(group !== undefined && { group }),
    version,
    purl,
    bomRef: key,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression(licence)]),
  })
  const [, sha512] = /^sha512-(.+)$/.exec(locked?.resolution?.integrity ?? '') ?? []
  if (sha512 !== undefined)
    part.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(sha512, 'base64').toString('hex'))
  return part
}
