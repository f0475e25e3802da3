import type { Checkout } from './test-checkout.ts'

const SLICES = 38
const PROCEDURES = 8

/** A slice as large as an order's: a view of some fifty fields, and eight procedures that answer it. */
const slice = (n: number) => `
import { z } from 'zod'
import { conflict, notFound } from '../../platform/errors.ts'
import { idOf } from '../../platform/ids.ts'
import { pageInput, pageOf } from '../../platform/pages.ts'
import { mutation, query } from '../../platform/trpc.ts'

const id = idOf('thing${n}')
const address = z.object({ name: z.string(), line1: z.string(), line2: z.string().nullable(), city: z.string(), code: z.string() })
const line = z.object({ id: id.schema, title: z.string(), amounts: z.array(z.object({ amount: z.int(), currency: z.string() })) })
const View = z.object({
  id: id.schema, state: z.enum(['new', 'open', 'held', 'done', 'gone']), shipping: address.nullable(), billing: address.nullable(),
  lines: z.array(line), createdAt: z.date(), ${Array.from({ length: 30 }, (_, at) => `field${at}: z.string().nullable()`).join(', ')}
})
const gone = notFound('thing${n}_not_found', 'Gone.')
const held = conflict('thing${n}_held', 'Held.', z.object({ lines: z.array(z.object({ id: id.schema, left: z.int() })) }))
const def = { access: 'public', summary: 'A thing.', errors: [gone, held] } as const
const Ref = z.strictObject({ id: id.schema })
const never = async (): Promise<never> => { throw gone() }

export const router = {
  list: query({ ...def, rest: 'GET /things${n}', input: z.strictObject(pageInput), output: pageOf(View) }, never),
  ${Array.from({ length: PROCEDURES - 1 }, (_, at) => `verb${at}: mutation({ ...def, rest: 'POST /things${n}/{id}/verb${at}', input: Ref.extend({ to: View.partial() }), output: View }, never)`).join(',\n  ')},
}
`

/** Gives the shop of a copy some 300 procedures more; answers the names of their slices. */
export async function haveManyProcedures(copy: Checkout): Promise<readonly string[]> {
  const names = Array.from({ length: SLICES }, (_, n) => `thing${n}`)
  for (const [n, name] of names.entries()) await copy.write(`packages/api/src/shop/${name}/router.ts`, slice(n))
  const imports = names.map((name) => `import { router as ${name} } from './shop/${name}/router.ts'`).join('\n')
  await copy.edit('packages/api/src/routes.ts', /export const routes = \{/, `${imports}\n$& ${names.join(', ')},`)
  return names
}
