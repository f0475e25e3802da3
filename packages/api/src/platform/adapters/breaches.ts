import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Breaches } from '../ports/breaches.ts'

const PATIENCE_MS = 1_000
/** An answer of the service has some 2,000 lines of 40 bytes at the most. */
const MAX_ANSWER = 512 * 1024

/** Asks the service of the configuration; with none, knows of no leak and asks nobody. */
export const openBreaches = (url: string | undefined, log: Logger): Breaches =>
  url === undefined ? { holds: async () => false } : createRangeBreaches(url, log)

/**
 * Asks by range, as Pwned Passwords answers: five digits of the password's SHA-1 go out, the rest of all that begin so
 * comes back. Without an answer in time nobody is kept from choosing a password.
 */
function createRangeBreaches(url: string, log: Logger): Breaches {
  return {
    async holds(password) {
      const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
      try {
        const range = await read(`${url}/range/${digest.slice(0, 5)}`)
        return range.split(/\r?\n/).some((line) => isHit(line, digest.slice(5)))
      } catch (error) {
        log.warn({ err: error }, 'leaked passwords could not be looked up')
        return false
      }
    },
  }
}

/** Padding, which hides how many there are, comes with a count of 0. */
function isHit(line: string, rest: string): boolean {
  const [suffix, count] = line.split(':')
  return suffix === rest && Number(count) > 0
}

async function read(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { 'Add-Padding': 'true' },
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok || response.body === null) throw new Error(`the service answered ${response.status}`)
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.length > MAX_ANSWER) throw new Error('the service answered too much')
  }
  return text
}
