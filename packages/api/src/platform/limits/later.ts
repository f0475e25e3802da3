import { type LaterLimitName, limits } from './table.ts'

/** How often the store hears of what was taken here. */
const TELL_MS = 1_000
/** Who has taken less than this part of the points is not worth a word to it: most people search a few times. */
const WORTH = 0.1

interface Taken {
  readonly name: LaterLimitName
  readonly who: string
  /** Since the store last heard of it. */
  points: number
  /** When it does not matter any more; Unix milliseconds. */
  readonly until: number
}

interface Between {
  pointsOf(name: LaterLimitName): number
  /** Adds points in the store, and answers how many all processes have taken there. Rejects when it is away. */
  tell(name: LaterLimitName, who: string, points: number): Promise<number>
  /** Has so many count as taken here, if they are more. */
  raise(name: LaterLimitName, who: string, points: number): void
}

export interface Later {
  note(name: LaterLimitName, who: string, points: number): void
  /** Tells the store now. */
  share(): Promise<void>
  close(): void
}

/** Tells a store that all processes share what was taken here, after the call that took it; nobody waits for it. */
export function countLater({ pointsOf, tell, raise }: Between): Later {
  const untold = new Map<string, Taken>()
  let sharing: Promise<void> | undefined
  const timer = setInterval(() => void share(), TELL_MS).unref()

  async function shareAll(): Promise<void> {
    const now = Date.now()
    for (const [key, { name, who, points, until }] of [...untold]) {
      if (until <= now) untold.delete(key)
      else if (points >= pointsOf(name) * WORTH) {
        untold.delete(key)
        raise(name, who, await tell(name, who, points))
      }
    }
  }

  const share = (): Promise<void> => {
    // What it says when it is away is logged by whoever asks it; each process goes on by itself.
    sharing ??= shareAll()
      .catch(() => undefined)
      .finally(() => {
        sharing = undefined
      })
    return sharing
  }

  return {
    note(name, who, points) {
      const key = `${name} ${who}`
      const before = untold.get(key)
      if (before !== undefined) before.points += points
      else untold.set(key, { name, who, points, until: Date.now() + limits[name].seconds * 1000 })
    },
    share,
    close: () => clearInterval(timer),
  }
}
