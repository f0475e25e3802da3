import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export interface Operation {
  readonly operationId: string
  readonly responses: Record<string, { content?: Record<string, unknown> }>
}

/** As much of an OpenAPI document as its answers are judged by. */
export interface Document {
  readonly paths: Record<string, Record<string, Operation>>
}

/** Holds every answer against what a document says of it. */
export function judge(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'document')
  const compiled = new Map<string, ValidateFunction>()
  const schemaAt = (pointer: string): ValidateFunction => {
    const found = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` })
    compiled.set(pointer, found)
    return found
  }
  const asked = new Set<string>()
  const succeeded = new Set<string>()
  const complaints: string[] = []

  /** Which operation a request is for: what is written out goes before what is in braces. */
  function find(method: string, path: string): { path: string; operation: Operation } | undefined {
    const fits = Object.keys(document.paths).filter((template) =>
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    const [closest] = fits.sort((a, b) => literals(b) - literals(a))
    const operation = closest === undefined ? undefined : document.paths[closest]?.[method.toLowerCase()]
    return closest !== undefined && operation !== undefined ? { path: closest, operation } : undefined
  }

  async function look(request: Request, response: Response): Promise<void> {
    const { pathname } = new URL(request.url)
    const found = find(request.method, pathname.replace('/rest/v1', ''))
    const what = `${request.method} ${pathname} → ${response.status}`
    if (found === undefined) return void complaints.push(`${what}: not in the document`)
    asked.add(found.operation.operationId)
    if (response.ok) succeeded.add(found.operation.operationId)
    const code = String(response.status) in found.operation.responses ? String(response.status) : 'default'
    if (response.ok && code === 'default') return void complaints.push(`${what}: a success that is not in the document`)
    const text = await response.clone().text()
    const content = found.operation.responses[code]?.content
    if (content === undefined) return void (text !== '' && complaints.push(`${what}: has a body, and should not`))
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    if (!(type in content)) return void complaints.push(`${what}: is ${type}`)
    const place = ['paths', found.path, request.method.toLowerCase(), 'responses', code, 'content', type, 'schema']
    const check = schemaAt(
      `/${place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
    )
    if (!check(JSON.parse(text))) complaints.push(`${what}: ${ajv.errorsText(check.errors)} in ${text.slice(0, 500)}`)
  }

  return { look, asked, succeeded, complaints }
}

const literals = (template: string): number => template.split('/').filter((part) => !part.startsWith('{')).length
