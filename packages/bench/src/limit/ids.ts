import { randomBytes } from 'node:crypto'

/** Of the same form and length as the shop's, the newest the greatest; cheaper to make. */
export function newId(kind: string): string {
  const time = Date.now().toString().padStart(15, '0')
  return `${kind}_0${time}${(randomBytes(5).readUIntBE(0, 5) % 10_000_000_000).toString().padStart(10, '0')}`
}
