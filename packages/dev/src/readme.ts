import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..', '..')
export const envExampleFile = join(root, 'packages/api/.env.example')
export const readme = (): string => readFileSync(join(root, 'README.md'), 'utf8')

/** A fenced block of the README: what stands behind `ts` on its first line says what it is. */
export interface Block {
  readonly label: string
  readonly code: string
}

export const blocks = (text: string): Block[] =>
  [...text.matchAll(/^```ts ([^\n]+)\n(.*?)^```$/gms)].map(([, label = '', code = '']) => ({ label, code }))
