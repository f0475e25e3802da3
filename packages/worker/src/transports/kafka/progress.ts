/** A place in a topic up to which everything is done. */
export interface Position {
  readonly topic: string
  readonly partition: number
  /** Of the first message that is not done. */
  readonly offset: bigint
  readonly leaderEpoch: number
}

type Place = Omit<Position, 'offset'> & { readonly offset: bigint }

interface Partition {
  last: bigint
  /** What was begun, in its order, and is not part of the position yet. */
  open: { offset: bigint; leaderEpoch: number; done: boolean }[]
}

/**
 * How far a consumer is. Messages of a partition are worked on side by side and finish in any order; only what has nothing
 * unfinished before it may be committed, or a crash would lose what was under way.
 */
export function trackProgress() {
  const partitions = new Map<string, Partition>()
  const moved = new Map<string, Position>()

  return {
    /** Call the answer when the message is done. */
    begin({ topic, partition, offset, leaderEpoch }: Place): () => void {
      const name = `${topic}:${partition}`
      const known = partitions.get(name)
      // Read again, from an earlier place: what was under way counts for nothing, it will be done again.
      const current = known !== undefined && offset > known.last ? known : { last: offset, open: [] }
      partitions.set(name, current)
      current.last = offset
      const message = { offset, leaderEpoch, done: false }
      current.open.push(message)
      return () => {
        message.done = true
        if (partitions.get(name) !== current) return
        const unfinished = current.open.findIndex(({ done }) => !done)
        const finished = current.open.splice(0, unfinished === -1 ? current.open.length : unfinished).at(-1)
        if (finished === undefined) return
        moved.set(name, { topic, partition, offset: finished.offset + 1n, leaderEpoch: finished.leaderEpoch })
      }
    },
    /** The positions that moved since they were last taken. */
    take(): Position[] {
      const positions = [...moved.values()]
      moved.clear()
      return positions
    },
    /** Gives back what could not be committed, unless it has moved on since. */
    putBack(positions: readonly Position[]): void {
      for (const position of positions) {
        const name = `${position.topic}:${position.partition}`
        if (!moved.has(name)) moved.set(name, position)
      }
    },
  }
}
