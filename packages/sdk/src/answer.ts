import superjson, { type SuperJSONResult } from 'superjson'
import { BarrowError } from './errors.ts'

/** No answer of the shop's came back: nobody was there, the line broke, or something in between answered for it. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  /** Somebody else answered, and would again: there is no use in asking twice. */
  readonly final: boolean

  constructor(message: string, options: ErrorOptions & { final?: boolean } = {}) {
    super(message, options)
    this.final = options.final ?? false
  }
}

/** What a gateway says while the shop behind it is away. */
const AWAY = new Set([502, 503, 504])

/** Names an error by the shop's own reason, or by what kept its answer away; what is neither stays as it is. */
export function named(error: Error & { shape?: unknown }, signal: AbortSignal | null | undefined): Error {
  if (error instanceof BarrowError) return error
  const cause = error.cause instanceof Error ? error.cause : error
  if (isShape(error.shape)) {
    const { message, data } = error.shape
    return new BarrowError({ message, ...data }, { result: { error: error.shape } })
  }
  if (signal?.aborted) {
    return new BarrowError(
      { message: 'The call was aborted.', kind: 'aborted', reason: 'aborted', details: {} },
      { cause },
    )
  }
  if (cause instanceof NoAnswer) {
    return new BarrowError({ message: cause.message, kind: 'unavailable', reason: 'network', details: {} }, { cause })
  }
  return error
}

type Shape = NonNullable<BarrowError['shape']>

/** Errors of the shop have a reason; those that tRPC's client makes itself have not. */
function isShape(shape: unknown): shape is Shape {
  if (typeof shape !== 'object' || shape === null || !('data' in shape)) return false
  const { data } = shape
  return typeof data === 'object' && data !== null && 'reason' in data && typeof data.reason === 'string'
}

/** Reads a whole answer of the shop's. Raises {@link NoAnswer} on anything else. */
export async function readAnswer(response: Response): Promise<unknown> {
  const body = parse(await textOf(response))
  const one: unknown = Array.isArray(body) ? body[0] : body
  if (typeof one === 'object' && one !== null && ('result' in one || 'error' in one)) return body
  throw strange(response)
}

/** The error in an answer that the shop gave instead of a stream. */
export async function readRefusal(response: Response): Promise<Shape> {
  const body = await readAnswer(response)
  const sent = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  if (typeof sent === 'object' && sent !== null && 'json' in sent) {
    // What superjson wrote is read by superjson: the result is checked, not what it is made from.
    const shape: unknown = superjson.deserialize(sent as SuperJSONResult)
    if (isShape(shape)) return shape
  }
  throw strange(response)
}

const strange = ({ status }: Response) =>
  new NoAnswer(`What answered is not a shop (HTTP ${status}).`, { final: !AWAY.has(status) })

async function textOf(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    throw new NoAnswer('The answer broke off.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
