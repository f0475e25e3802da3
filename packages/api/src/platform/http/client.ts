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
  const standings = new Map<string, Standing>()
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
    setStanding(standing) {
      // Of the calls of a batch, the last one counted knows best.
      standings.set(standing.limit, standing)
      const all = [...standings.values()]
      say('RateLimit-Policy', all.map(policyItem).join(', '))
      say('RateLimit', all.map(limitItem).join(', '))
    },
    setRetryAfter(seconds) {
      retryAfter = Math.max(retryAfter, seconds)
      say('Retry-After', String(retryAfter))
    },
  }
}

// draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields; `q` per `w` seconds, `r` left for `t` seconds.
const policyItem = ({ limit, points, windowSeconds }: Standing) => `"${limit}";q=${points};w=${windowSeconds}`
const limitItem = ({ limit, remaining, resetMs }: Standing) =>
  `"${limit}";r=${remaining};t=${Math.max(0, Math.ceil(resetMs / 1000))}`
