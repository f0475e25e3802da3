import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import type { AccountConfig } from '../account-settings.ts'
import { common } from '../errors.ts'
import type { Passwords } from '../ports/passwords.ts'

const MAX_WAITING = 50

/**
 * argon2id, in native code off the main thread. Each hash takes a core and its memory for tens of milliseconds: as many run
 * as there are cores, and few may wait. Characters that look the same and are typed otherwise elsewhere are one (NFC).
 */
export function createArgon2Passwords(cost: AccountConfig['hash']): Passwords {
  const options = { memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: 1 }
  const nobody = standIn(cost)
  const inTurn = createTurns(availableParallelism(), MAX_WAITING)
  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFC'), options)),
    async verify(hash, password) {
      const matches = await inTurn(() => verify(hash ?? nobody, password.normalize('NFC')))
      return hash !== null && matches
    },
    isOutdated(hash) {
      const { memoryCost, timeCost } = parseOptions(hash)
      return memoryCost < options.memoryCost || timeCost < options.timeCost
    },
  }
}

/** A hash that no password is known for, so that an unknown e-mail costs what a known one does. */
export function standIn({ memoryKib, passes }: AccountConfig['hash']): string {
  const base64 = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${base64(16)}$${base64(32)}`
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
