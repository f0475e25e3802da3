import { createHash } from 'node:crypto'
import { createRandom } from '../stripe/random.ts'

/** What a seed decides. Each name has decisions of its own, so that one who decides more changes nobody else's. */
export interface Chance {
  happens(probability: number): boolean
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  pick<const T>(list: readonly [T, ...T[]]): T
  for(name: string): Chance
}

export function createChance(seed: number): Chance {
  const random = createRandom(seed)
  const between = (min: number, max: number) => min + Math.floor(random() * (max - min + 1))
  return {
    happens: (probability) => random() < probability,
    between,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
    for: (name) => createChance(createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE()),
  }
}
