import superjson, { type SuperJSONResult } from 'superjson'
import { z } from 'zod'
import { common } from './errors.ts'
import { checkStructure } from './structure.ts'

/** The types that an input may hold beside those of JSON; superjson knows more, and what they can do. */
const Type = z.tuple([z.enum(['Date', 'bigint', 'undefined'])])
const MAX_TYPED = 5_000

/** What superjson writes. `referentialEqualities` is dropped: its decoder takes quadratic time, and values arrive whole without it. */
const Wire = z.object({
  json: z.unknown(),
  meta: z
    .object({ values: z.union([Type, z.record(z.string().max(1_000), Type)]).optional(), v: z.int().optional() })
    .optional(),
})

/** Reads an input as superjson wrote it. Raises `invalid_input` for what is too large in itself, `bad_request` for the rest. */
function deserialize(sent: unknown): unknown {
  const { json, meta }: { json?: unknown; meta?: unknown } = typeof sent === 'object' && sent !== null ? sent : {}
  checkStructure(json)
  const values = typeof meta === 'object' && meta !== null && 'values' in meta ? meta.values : undefined
  const many = typeof values === 'object' && values !== null && Object.keys(values).length > MAX_TYPED
  const read = many ? undefined : Wire.safeParse({ json, meta })
  if (!read?.success) throw common.badRequest()
  try {
    // JSON is what `json` was read from.
    return superjson.deserialize(read.data as SuperJSONResult)
  } catch {
    // A type that its value is not of, or a place that is not there.
    throw common.badRequest()
  }
}

/** How values travel: superjson, of which an input may use a part. */
export const transformer = { serialize: (value: unknown) => superjson.serialize(value), deserialize }
