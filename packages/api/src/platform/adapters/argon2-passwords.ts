import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { common } from '../errors.ts'
import type { Passwords } from '../ports/passwords.ts'

/** argon2id with the least that OWASP's password storage guide asks for: 19 MiB, 2 passes, 1 lane. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A hash with these parameters that no password is known for, so that an unknown e-mail costs what a known one does. */
export const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$UYF+jH1a9pocnGPlAOAQ9Q$ml4UeklRVTfBv6v7Z9PHpcB6HyUXyonar+hdEAbjpHg'

const MAX_WAITING = 50

/** Each hash takes a core and 19 MiB for tens of milliseconds: as many run as there are cores, and few may wait. */
export function createArgon2Passwords(): Passwords {
  const inTurn = createTurns(availableParallelism(), MAX_WAITING)
  return {
    hash: (password) => inTurn(() => hash(password, options)),
    async verify(hash, password) {
      const matches = await inTurn(() => verify(hash ?? NOBODY, password))
      return hash !== null && matches
    },
    isOutdated(hash) {
      const { memoryCost, timeCost } = parseOptions(hash)
      return memoryCost < options.memoryCost || timeCost < options.timeCost
    },
  }
}

/** Lets `atOnce` pieces of work run and `waiting` wait, in order; one more raises `busy`. */
export function createTurns(atOnce: number, waiting: number) {
  const queue: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw common.busy()
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((go) => queue.push(go))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
