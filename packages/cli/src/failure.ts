import { ConfigError } from '@barrow/api/runtime'
import { ShopifyFileError } from './shopify/product.ts'

/** The command was called wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command could not do its work, for a reason the message says in full. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** 78 is EX_CONFIG of sysexits.h: supervisors know not to try again. */
export const exitCodes = { failed: 1, usage: 2, config: 78 } as const

/** What a declared error of the shop says: thrown by a procedure it is the cause, thrown by a verb it is itself. */
export interface Refusal {
  readonly kind: string
  readonly reason: string
  readonly message: string
  readonly details: unknown
}

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined
  if (!('reason' in error) || typeof error.reason !== 'string') return refusalOf(error.cause)
  const kind = 'kind' in error ? String(error.kind) : ''
  return { kind, reason: error.reason, message: error.message, details: 'details' in error ? error.details : {} }
}

interface Field {
  path: string
  message: string
}

/** The fields that a refused input names. */
export function fieldsOf({ details }: Refusal): Field[] {
  if (typeof details !== 'object' || details === null || !('fields' in details)) return []
  // The shop's common error shape says so: `invalid_input` carries a list of paths and messages.
  return details.fields as Field[]
}

/** One line that says why the shop refused. */
export function refusalLine(refusal: Refusal): string {
  const fields = fieldsOf(refusal).map(({ path, message }) => `${path} ${message}`)
  if (fields.length > 0) return `${refusal.reason}: ${fields.join('; ')}`
  const details = JSON.stringify(refusal.details) ?? '{}'
  return `${refusal.reason}: ${refusal.message}${details === '{}' ? '' : ` ${details}`}`
}

/** What a failure is to whoever called the command: a line to read, and a status for scripts. */
export function failureOf(error: unknown): { status: number; line: string } {
  if (error instanceof ConfigError) return { status: exitCodes.config, line: error.message }
  if (error instanceof UsageError) return { status: exitCodes.usage, line: error.message }
  if (error instanceof ShopifyFileError || error instanceof CommandError) {
    return { status: exitCodes.failed, line: error.message }
  }
  const refusal = refusalOf(error)
  if (refusal !== undefined) return { status: exitCodes.failed, line: refusalLine(refusal) }
  if (error instanceof Error && 'issues' in error && Array.isArray(error.issues)) {
    return { status: exitCodes.failed, line: issuesLine(error.issues) }
  }
  if (error instanceof Error && 'syscall' in error && 'path' in error)
    return { status: exitCodes.usage, line: `${String(error.path)} cannot be opened: ${error.message}` }
  return { status: exitCodes.failed, line: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}

/** What zod found wrong with the input of a verb. */
const issuesLine = (issues: readonly { path: readonly PropertyKey[]; message: string }[]): string =>
  issues.map(({ path, message }) => `${path.map(String).join('.')} ${message}`).join('; ')
