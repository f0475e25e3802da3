import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'
import type { Client } from '../context.ts'
import type { Standing } from '../ports/limits.ts'
import { deviceCookie } from './credentials.ts'
import { deviceName, newDevice } from './device.ts'
import { senderOf } from './proxy.ts'

/** Who is at the other end of a request, and what its answer tells them about limits. */
export function clientOf(request: IncomingMessage, response: ServerResponse, config: Config): Client {
  const { http, secrets } = config
  const device = () => deviceCookie(request, response, http)
  let told: readonly Standing[] = []
  let retryAfter = 0
  // An answer that is sent in parts has no more to say in its head.
  const say = (name: string, value: string) => {
    if (!response.headersSent) response.setHeader(name, value)
  }
  return {
    ip: senderOf(request, http.trustProxy),
    deviceOf: (account) => deviceName(secrets, device().token, account),
    counted: [],
    knowDevice: (account) => device().set(newDevice(secrets, account)),
    setStanding(...standings) {
      told = told.length === 0 ? standings : merged(told, standings)
      say('RateLimit-Policy', policyOf(told))
      say('RateLimit', standingOf(told))
    },
    setRetryAfter(seconds) {
      retryAfter = Math.max(retryAfter, seconds)
      say('Retry-After', String(retryAfter))
    },
  }
}

/** Of the calls of a batch, the last one counted knows best. */
const merged = (told: readonly Standing[], more: readonly Standing[]): Standing[] => [
  ...new Map([...told, ...more].map((standing) => [standing.limit, standing])).values(),
]

// draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields; `q` per `w` seconds, `r` left for `t` seconds.
/** The value of `RateLimit-Policy`. */
export function policyOf(standings: readonly Standing[]): string {
  return listed(standings, ({ limit, points, windowSeconds }) => `"${limit}";q=${points};w=${windowSeconds}`)
}

/** The value of `RateLimit`. */
export function standingOf(standings: readonly Standing[]): string {
  return listed(standings, ({ limit, remaining, resetMs }) => {
    return `"${limit}";r=${remaining};t=${Math.max(0, Math.ceil(resetMs / 1000))}`
  })
}

/** Joining texts one by one takes half of what an array and its `join` take. */
function listed(standings: readonly Standing[], item: (standing: Standing) => string): string {
  let list = ''
  for (const standing of standings) list += list === '' ? item(standing) : `, ${item(standing)}`
  return list
}
