import type { OpenSearchConfig } from '../../../search-settings.ts'

/** What the shop's indexes are called. Writes and searches go by aliases, so that none makes an index by accident. */
export function namesOf({ prefix }: OpenSearchConfig, signature: string) {
  const alias = `${prefix}-search`
  const made = signature.replace(':', '-')
  return {
    /** The index that answers. */
    alias,
    /** The one being built. */
    building: `${alias}-building`,
    /** All of them. */
    pattern: `${alias}-*`,
    newName: (number: number): string => `${alias}-${made}-${number}`,
    isOurs: (index: string): boolean => index.startsWith(`${alias}-`) && /^[a-z0-9-]+$/.test(index),
    isUpToDate: (index: string): boolean => index.startsWith(`${alias}-${made}-`),
  }
}
export type Names = ReturnType<typeof namesOf>
