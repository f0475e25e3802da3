import { z } from 'zod'
import { others } from '../processes.ts'

/** How long what was counted stays with the process that counted it. */
const SHARE_MS = 100

const Counts = z.array(z.tuple([z.string(), z.string(), z.number()]))

export interface Together {
  /** Notes points that were taken here. */
  note(counter: string, key: string, points: number): void
  close(): void
}

/**
 * What is counted in memory, processes that are run together count together: each tells the others a little later what it
 * has counted, so nobody waits for anybody, and whoever calls all of them is found out a moment later.
 */
export function countTogether(take: (counter: string, key: string, points: number) => void): Together {
  const rest = others()
  if (rest === undefined) return { note: () => {}, close: () => {} }
  const noted = new Map<string, [counter: string, key: string, points: number]>()
  const deafen = rest.hear((word) => {
    const counts = Counts.safeParse(word)
    for (const count of counts.data ?? []) take(...count)
  })
  const share = () => {
    if (noted.size === 0) return
    rest.tell([...noted.values()])
    noted.clear()
  }
  const timer = setInterval(share, SHARE_MS).unref()
  return {
    note(counter, key, points) {
      const name = `${counter} ${key}`
      const before = noted.get(name)
      if (before === undefined) noted.set(name, [counter, key, points])
      else before[2] += points
    },
    close() {
      clearInterval(timer)
      deafen()
    },
  }
}
