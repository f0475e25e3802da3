import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

/** One import or re-export of one file of the repository. */
export interface Import {
  /** The file that imports, from the root of the repository, with slashes. */
  readonly from: string
  /** A file from the root of the repository, or a package's name and subpath as written. */
  readonly to: string
  /** Erased at run time. */
  readonly typeOnly: boolean
}

/** Every static and dynamic import of a source file. */
export function importsOf(root: string, file: string, source = readFileSync(join(root, file), 'utf8')): Import[] {
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`)
  const to = (specifier: string) =>
    specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/') : specifier
  const imports = module.staticImports.map(({ moduleRequest, entries }) => ({
    from: file,
    to: to(moduleRequest.value),
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }))
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{ from: file, to: to(moduleRequest.value), typeOnly: isType }],
    ),
  )
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = source.slice(moduleRequest.start, moduleRequest.end).match(/^['"](.+)['"]$/)?.[1]
    return literal === undefined ? [] : [{ from: file, to: to(literal), typeOnly: false }]
  })
  return [...imports, ...exports, ...dynamic]
}

/** The files of a circle of imports, or undefined when there is none. */
export function findCircle(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return undefined
  }
  for (const file of targets.keys()) {
    const circle = visit(file, [])
    if (circle) return circle
  }
  return undefined
}
