import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '..', '..', '..')
const sources: string[] = []
for await (const path of glob('*/src/**/*.ts', { cwd: packages })) sources.push(path)
const list = await readFile(join(import.meta.dirname, 'bugs.md'), 'utf8')

const rows = list.split('\n').flatMap((line) => {
  const [, bug = '', holders = ''] = line.split('|').map((cell) => cell.trim())
  return bug === '' || bug === 'What went wrong' || /^-+$/.test(bug) ? [] : [{ bug, holders }]
})

test.each(rows)('$bug: the tests that hold it are there', async ({ holders }) => {
  let found = 0
  for (const [, file = '', sentences = ''] of holders.matchAll(/`([^`]+)` ((?:“[^”]+”(?:, )?)+)/g)) {
    const paths = sources.filter((path) => path.endsWith(file))
    expect(paths, file).toHaveLength(1)
    const text = await readFile(join(packages, paths[0] ?? ''), 'utf8')
    for (const [, sentence = ''] of sentences.matchAll(/“([^”]+)”/g)) {
      expect(text, sentence).toContain(`'${sentence}`)
      found += 1
    }
  }
  expect(found).toBeGreaterThan(0)
})
