import type { Limits, Standing } from '../ports/limits.ts'
import { standingOf } from './standing.ts'
import { isOfProcess, type Limit, limitNames, limits, type ProcessLimitName } from './table.ts'
import { countTogether } from './together.ts'
import { Windows } from './windows.ts'

/** Bursts come back over ten windows. */
const BURST_WINDOWS = 10

interface Counter {
  readonly windows: Windows
  readonly burst: Windows | undefined
}

/** What is counted in memory, by this process and by those that run together with it. */
export function countHere({ pointsOf, scaled }: Pick<Limits, 'pointsOf' | 'scaled'>) {
  const counters = new Map<string, Counter>(limitNames.filter(isOfProcess).map((name) => [name, counterOf(name)]))
  const together = countTogether((name, key, points) => {
    const [limit = '', part] = name.split('/')
    // What another process counts has the names that it has here.
    const counter = counters.get(limit)
    const windows = part === 'burst' ? counter?.burst : counter?.windows
    windows?.take(key, points)
  })

  function counterOf(name: ProcessLimitName): Counter {
    const { seconds, burst }: Limit = limits[name]
    const more = burst === undefined ? undefined : { points: scaled(burst), seconds: seconds * BURST_WINDOWS }
    return { windows: new Windows({ points: pointsOf(name), seconds }), burst: more && new Windows(more) }
  }

  const counter = (name: ProcessLimitName): Counter => {
    const found = counters.get(name)
    if (found === undefined) throw new Error(`there is no limit ${name}`)
    return found
  }

  return {
    take(name: ProcessLimitName, who: string, points: number): Standing {
      const { windows, burst } = counter(name)
      const first = windows.take(who, points)
      together.note(name, who, points)
      const standing = standingOf(name, first, { of: windows.points, points })
      if (first.allowed || burst === undefined) return standing
      const more = burst.take(who, points)
      together.note(`${name}/burst`, who, points)
      if (more.allowed) return { ...standing, allowed: true }
      const { firstRefusal } = standingOf(name, more, { of: burst.points, points })
      return { ...standing, firstRefusal, resetMs: Math.min(first.ms, more.ms) }
    },
    add: (name: ProcessLimitName, who: string, points: number): void => counter(name).windows.add(who, points),
    giveBack: (name: ProcessLimitName, who: string): void => void counter(name).windows.take(who, -1),
    close: together.close,
  }
}
