import { createBarrow, iterate } from '@barrow/sdk'
import type { Size } from './seed.ts'
import { openShop } from './shop.ts'
import { root, startBarrow } from './target.ts'
import { columns } from './text-table.ts'

interface Exporting {
  readonly size: Size
  say(line: string): void
}

/** Looks so often in a run. */
const LOOKS = 10
const PAGE = 100

/** What a program holds, and the API, while it reads all products one after the other. */
export async function exportAll({ size, say }: Exporting): Promise<void> {
  await using shop = await openShop(size, say)
  const target = await startBarrow('barrow', root, { ...shop.env, CACHE_SECONDS: '0' })
  await using started = new AsyncDisposableStack()
  started.defer(() => target.stop())
  const barrow = createBarrow({ url: target.url })
  const rows: string[][] = []
  const began = performance.now()
  let count = 0
  for await (const _ of iterate(barrow.product.list, { currency: 'EUR', limit: PAGE })) {
    count += 1
    if (count % Math.ceil(size.products / LOOKS) === 0) await look()
  }
  if (count !== size.products) throw new Error(`${count} products came of ${size.products}`)
  say(columns(['products', 'seconds', 'MB of the program', 'its heap', 'MB of the API'], rows))

  async function look(): Promise<void> {
    const { rss, heapUsed } = process.memoryUsage()
    const sizes = [rss, heapUsed, await target.memory()].map((bytes) => (bytes / 2 ** 20).toFixed(0))
    rows.push([count.toLocaleString('en'), ((performance.now() - began) / 1000).toFixed(0), ...sizes])
  }
}
