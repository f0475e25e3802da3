/**
 * Work side by side, that of one key one after the other. At most `wide` are under way and `long` begun or waiting: a key
 * that takes its time holds nobody else up until so many wait.
 */
export function openLanes({ wide, long }: { wide: number; long: number }) {
  const tails = new Map<string, Promise<void>>()
  const waiting: (() => void)[] = []
  let running = 0
  let held = 0
  let room = Promise.withResolvers<void>()

  async function run(before: Promise<void> | undefined, work: () => Promise<void>): Promise<void> {
    await before
    if (running >= wide) await new Promise<void>((go) => waiting.push(go))
    else running++
    try {
      await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
      held--
      room.resolve()
      room = Promise.withResolvers()
    }
  }

  return {
    /** Takes on work that does not reject, and returns when there is room for more. */
    async add(key: string, work: () => Promise<void>): Promise<void> {
      held++
      const tail = run(tails.get(key), work)
      tails.set(key, tail)
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
      while (held >= long) await room.promise
    },
    /** Waits for all that was taken on. */
    async idle(): Promise<void> {
      while (held > 0) await room.promise
    },
  }
}
