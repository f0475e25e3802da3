import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '..', '..')

/** Of a function that holds something: answers of calls that it does not wait for, so that it lets go before they end. */
function letGoTooSoon(source: string): string[] {
  const lines = source.split('\n')
  const depth = (line: string) => line.length - line.trimStart().length
  return lines.flatMap((held, from) => {
    if (!held.trimStart().startsWith('await using ')) return []
    const end = lines.findIndex((line, at) => at > from && line.trim() !== '' && depth(line) < depth(held))
    const body = lines.slice(from + 1, end === -1 ? undefined : end)
    // Of this function itself, and a call whose answer is what is returned.
    return body.filter((line) => depth(line) === depth(held) && /^\s*return [\w.]+\(/.test(line))
  })
}

test('whoever holds something until they are done waits for what they return', async () => {
  const found: string[] = []
  for await (const path of glob('*/src/**/*.ts', { cwd: packages })) {
    if (path.endsWith('.test.ts')) continue
    const source = await readFile(join(packages, path), 'utf8')
    found.push(...letGoTooSoon(source).map((line) => `${path}: ${line.trim()}`))
  }
  expect(found).toEqual([])
})
