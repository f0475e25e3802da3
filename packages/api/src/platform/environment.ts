import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** What Kubernetes says of a service to the pods beside it: BARROW_API_PORT of one called barrow-api. */
const OF_A_SERVICE = /_SERVICE_(HOST|PORT)(_|$)|_PORT(_\d+_(TCP|UDP|SCTP)(_|$)|$)/

/**
 * An environment as it is meant. What is empty counts as not set. `NAME_FILE` holds the path of a file that `NAME` is read
 * from, as secrets of Docker and Kubernetes are handed over. A name that begins with BARROW_, or is one slip away from a
 * setting's, is refused: whoever wrote it believes that it is heard. Raises {@link ConfigError}, which never holds a value.
 */
export function readEnvironment(env: Variables, known: readonly string[]): Variables {
  const settings = new Set(known)
  const files = new Set(known.map((name) => `${name}_FILE`))
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  const wrong = given.flatMap(([name]) => {
    if (settings.has(name) || files.has(name)) return []
    const meant = meantBy(name, known)
    if (meant !== undefined) return [`${name}: is no setting; is ${meant} meant?`]
    const ours = name.startsWith('BARROW_') && !OF_A_SERVICE.test(name)
    return ours ? [`${name}: is no setting`] : []
  })
  if (wrong.length > 0) throw new ConfigError(wrong)
  const values = new Map(given)
  for (const name of known) {
    const file = values.get(`${name}_FILE`)
    if (file === undefined) continue
    if (values.has(name)) throw new ConfigError([`${name}_FILE: and ${name} are both set; which one counts?`])
    values.set(name, read(name, file))
  }
  return Object.fromEntries(values)
}

function read(name: string, file: string): string {
  try {
    // Editors and `echo` end a file with a line break that is no part of a secret.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new ConfigError([`${name}_FILE: names a file that cannot be read${why}`])
  }
}

/** The setting that a name was meant to be: without BARROW_ before it, or one slip away. Short names are too alike to tell. */
function meantBy(name: string, known: readonly string[]): string | undefined {
  const bare = name.replace(/^BARROW_/, '')
  if (bare !== name && known.includes(bare)) return bare
  if (OF_A_SERVICE.test(name) || !/^[A-Z][A-Z0-9_]{5,}$/.test(name)) return undefined
  return known.find((setting) => setting.length > 4 && isOneSlip(name, setting))
}

/** Whether one letter was left out, added, mistaken, or swapped with its neighbour. */
function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const [rest, otherRest] = [one.slice(at), other.slice(at)]
  if (rest.slice(1) === otherRest || rest === otherRest.slice(1) || rest.slice(1) === otherRest.slice(1)) return true
  return rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2)
}
