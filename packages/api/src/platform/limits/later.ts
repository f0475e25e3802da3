import { type LaterLimitName, limits } from './table.ts'

/** How often the store hears of what was taken here. */
const TELL_MS = 1_000
/** Who has taken less than this part of the points is not worth a word to it: most people search a few times. */
const WORTH = 0.1
/** Two ends of one window, as the store tells them, differ by what it takes to ask. */
const SAME_WINDOW_MS = 1_000

/** What the store says of a key: all that was taken, and when its window ends; on the clock of `performance.now()`. */
export interface Told {
  readonly all: number
  readonly until: number
}

interface Between {
  pointsOf(name: LaterLimitName): number
  /** Adds points in the store. Rejects when it is away. */
  tell(name: LaterLimitName, who: string, points: number): Promise<Told>
  /** Has points count that others have taken. */
  add(name: LaterLimitName, who: string, points: number): void
}

interface Taken {
  readonly name: LaterLimitName
  readonly who: string
  /** Since the store last heard of it. */
  untold: number
  /** Of the store's window: what it was told by this process, and what others are known to have told it. */
  own: number
  others: number
  /** When nothing of this matters any more. */
  until: number
}

/**
 * Tells a store that all processes share what was taken here, after the call that took it, and hears what others have told
 * it; nobody waits for it. What others took counts once, from when it is heard of.
 */
export function countLater({ pointsOf, tell, add }: Between) {
  const taken = new Map<string, Taken>()
  let isSharing = false
  const timer = setInterval(() => void share(), TELL_MS).unref()

  async function share(): Promise<void> {
    if (isSharing) return
    isSharing = true
    for (const [key, one] of [...taken]) {
      if (one.until <= performance.now()) taken.delete(key)
      // What it says when it is away is logged by whoever asks it; each process goes on by itself.
      else if (one.untold >= pointsOf(one.name) * WORTH && !(await shareOne(one).catch(() => false))) break
    }
    isSharing = false
  }

  async function shareOne(one: Taken): Promise<true> {
    const points = one.untold
    const { all, until } = await tell(one.name, one.who, points)
    one.untold -= points
    if (until > one.until + SAME_WINDOW_MS || one.own === 0) one.own = one.others = 0
    one.until = until
    one.own += points
    const others = all - one.own
    if (others > one.others) add(one.name, one.who, others - one.others)
    one.others = Math.max(one.others, others)
    return true
  }

  return {
    note(name: LaterLimitName, who: string, points: number): void {
      const key = `${name} ${who}`
      const before = taken.get(key)
      if (before !== undefined) before.untold += points
      else {
        const until = performance.now() + limits[name].seconds * 1000
        taken.set(key, { name, who, untold: points, own: 0, others: 0, until })
      }
    },
    close: () => clearInterval(timer),
  }
}
