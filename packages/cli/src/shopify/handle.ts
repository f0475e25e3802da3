/**
 * The slug a handle stands for: lower case, letters, digits and combining marks of any script kept, everything else
 * one hyphen, none at the ends. Empty when nothing is left.
 */
export function slugOf(handle: string): string {
  return handle
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
