/**
 * The slug a handle stands for: lower case, letters, digits and combining marks of any script kept, everything else
 * (ornamental capitals too, which have no lower case) one hyphen, none at the ends. Empty when nothing is left.
 */
export function slugOf(handle: string): string {
  return handle
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[^\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
