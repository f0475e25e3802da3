import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchFolders } from './watch.ts'

const patient = { timeout: 30_000, interval: 20 }
let folder: string
let changes: string[][]
let errors: unknown[]
let close: () => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'barrow-watch-'))
  await mkdir(join(folder, 'shop/cart'), { recursive: true })
  await writeFile(join(folder, 'shop/cart/place.ts'), '1')
  changes = []
  errors = []
  close = watchFolders({
    folders: [folder],
    onChange: async (paths) => void changes.push(paths.map((path) => path.slice(folder.length + 1))),
    onError: (error) => errors.push(error),
  })
})
afterEach(async () => {
  close()
  expect(errors).toEqual([])
  await rm(folder, { recursive: true })
})

/** Every change so far was told, and only of these files. */
const told = (...paths: string[]) => {
  return vi.waitFor(() => {
    expect(new Set(changes.flat())).toEqual(new Set(paths))
    changes = []
  }, patient)
}
const write = (path: string) => writeFile(join(folder, path), String(Math.random()))

it('a saved file is told, each time', async () => {
  for (let i = 0; i < 3; i++) {
    await write('shop/cart/place.ts')
    await told('shop/cart/place.ts')
  }
})

it('a file saved by renaming a new one over it is told, each time', async () => {
  for (let i = 0; i < 3; i++) {
    await write('shop/cart/place.ts~')
    await rename(join(folder, 'shop/cart/place.ts~'), join(folder, 'shop/cart/place.ts'))
    await told('shop/cart/place.ts')
  }
})

it('folders that come, move and go are followed', async () => {
  await mkdir(join(folder, 'shop/order/line'), { recursive: true })
  await write('shop/order/line/entity.ts')
  await told('shop/order/line/entity.ts')
  await rename(join(folder, 'shop/order'), join(folder, 'shop/purchase'))
  await told('shop/order', 'shop/purchase/line/entity.ts')
  await write('shop/purchase/line/entity.ts')
  await told('shop/purchase/line/entity.ts')
  await rm(join(folder, 'shop/purchase'), { recursive: true })
  await vi.waitFor(() => expect(changes.flat()).toContain('shop/purchase'), patient)
  changes = []
  await mkdir(join(folder, 'shop/purchase'))
  await write('shop/purchase/entity.ts')
  await vi.waitFor(() => expect(changes.flat()).toContain('shop/purchase/entity.ts'), patient)
})

it('many saves at once are told together, tests and hidden files not at all', async () => {
  await Promise.all(['a.ts', 'b.json', 'a.test.ts', '.a.ts.swp', 'notes.txt'].map(write))
  await told('a.ts', 'b.json')
  await mkdir(join(folder, 'node_modules'))
  await write('node_modules/c.ts')
  await write('d.ts')
  await told('d.ts')
})

it('what changes while a change is handled is told afterwards, and an error does not end it', async () => {
  const seen: number[] = []
  let running = 0
  const failures: unknown[] = []
  const end = watchFolders({
    folders: [folder],
    onChange: async () => {
      seen.push(++running)
      if (seen.length === 1) await write('shop/cart/place.ts')
      await vi.waitFor(() => expect(changes.length).toBeGreaterThanOrEqual(seen.length), patient)
      running--
      throw new Error('the restart failed')
    },
    onError: (error) => failures.push(error),
  })
  await write('a.ts')
  await vi.waitFor(() => expect(failures.length).toBeGreaterThanOrEqual(2), patient)
  end()
  expect(new Set(seen)).toEqual(new Set([1]))
})
