interface Document {
  readonly components?: { schemas?: Record<string, unknown> }
}

const REF = '#/components/schemas/'

/**
 * The generator tries every named schema both as what is sent and as what is answered, and keeps both where one of them is
 * inside another: `CartLineView` and, as it is answered, with the suffix. Drops what nothing refers to, and calls
 * what is left by its plain name where that came free.
 */
export function tidy<D extends Document>(document: D, suffix: string): D {
  const all = { ...document.components?.schemas }
  const used = referredTo({ ...document, components: {} })
  for (const name of used) for (const inner of referredTo(all[name])) used.add(inner)
  const kept = Object.entries(all).filter(([name]) => used.has(name))
  const renamed = new Map(
    [...used].flatMap((name): [string, string][] => {
      const plain = name.slice(0, -suffix.length)
      return name.endsWith(suffix) && !used.has(plain) ? [[name, plain]] : []
    }),
  )
  const schemas = Object.fromEntries(
    kept.map(([name, schema]): [string, unknown] => [renamed.get(name) ?? name, schema]),
  )
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  const text = JSON.stringify({ ...document, components: { ...document.components, schemas: sorted } })
  // The same shape with other names in it.
  return JSON.parse(text.replaceAll(refs, (_, name: string) => `"${REF}${renamed.get(name) ?? name}"`)) as D
}

const refs = new RegExp(`"${REF}([^"]+)"`, 'g')

const referredTo = (value: unknown): Set<string> =>
  new Set([...(JSON.stringify(value) ?? '').matchAll(refs)].map(([, name = '']) => name))
