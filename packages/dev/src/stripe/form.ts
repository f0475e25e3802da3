/** What a form says: texts, and forms within it. Lists are forms with numbers for names. */
export interface Form {
  readonly [name: string]: string | Form | undefined
}

/** Reads Stripe's form encoding: `metadata[order]=7&expand[0]=customer`. */
export function parseForm(encoded: string): Form {
  const root = empty()
  for (const [name, value] of new URLSearchParams(encoded)) {
    const [first = '', ...rest] = name.split(/\[|\]\[|\]/).filter((part, index) => index === 0 || part !== '')
    put(root, [first, ...rest], value)
  }
  return root
}

// Without a prototype, so that a field may have any name.
const empty = (): Record<string, string | Form | undefined> => Object.create(null)

function put(form: Record<string, string | Form | undefined>, path: readonly string[], value: string): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) {
    form[name] = value
    return
  }
  const inner = empty()
  const there = form[name]
  if (typeof there === 'object') Object.assign(inner, there)
  put(inner, rest, value)
  form[name] = inner
}

/** A field that is a text. */
export const textOf = (form: Form, name: string): string | undefined => {
  const value = form[name]
  return typeof value === 'string' ? value : undefined
}

/** A field that is a whole number; NaN when it is something else. */
export const numberOf = (form: Form, name: string): number | undefined => {
  const value = textOf(form, name)
  if (value === undefined) return undefined
  return /^-?\d+$/.test(value) ? Number(value) : Number.NaN
}

/** The texts of a field that is a form: `metadata`. */
export function textsOf(form: Form, name: string): Record<string, string> {
  const value = form[name]
  if (typeof value !== 'object') return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )
}

/** Every field of a form, in the order of its names: equal forms have equal texts. */
export const canonical = (form: Form): string =>
  JSON.stringify(
    Object.keys(form)
      .sort()
      .map((name) => {
        const value = form[name]
        return [name, typeof value === 'object' ? canonical(value) : value]
      }),
  )
