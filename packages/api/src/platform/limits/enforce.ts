import { isIPv6 } from 'node:net'
import type { Actor } from '../actor.ts'
import { principalOf } from '../actor.ts'
import type { Context } from '../context.ts'
import { common } from '../errors.ts'
import type { Limits, Standing } from '../ports/limits.ts'
import { securityEvent } from '../security-events.ts'
import { bounds, type Limit, type LimitName, limits, type PolicyName, policies } from './table.ts'

/** How a procedure names its policy, and what its `subject` is if it has one. */
export type LimitOf<Input> = PolicyName | { readonly policy: PolicyName; readonly of: (input: Input) => string }

export const policyOf = (limit: LimitOf<never> | undefined): PolicyName =>
  typeof limit === 'object' ? limit.policy : (limit ?? 'browse')

/** What counting needs to know of a call. */
type Counted = Pick<Context, 'actor' | 'client' | 'ip' | 'limits' | 'log' | 'metrics'>

/**
 * Counts a call before anything of it is read: by what every call is counted by, and by its procedure's policy. Raises
 * `rate_limited`, and `busy` when nobody can count what must be. A call that comes over no network is not counted.
 */
export async function countCall(ctx: Counted, policy: PolicyName): Promise<void> {
  if (ctx.ip === null || ctx.actor.kind === 'system') return
  const before = ctx.client?.counted.indexOf(policy) ?? -1
  if (before !== -1) return void ctx.client?.counted.splice(before, 1)
  standOrRefuse(ctx, takeEvery(ctx.limits, ctx.actor, ctx.ip))
  for (const name of policies[policy]) {
    const { per, counts }: Limit = limits[name]
    if (counts === 'calls' && per !== 'subject') await take(ctx, name, whoOf(ctx.ip, ctx.actor, per))
  }
}

/** Takes from what every call is counted by, until one is refused: at once, since that is in memory. */
export function takeEvery(from: Pick<Limits, 'takeHere'>, actor: Actor, ip: string): readonly Standing[] {
  if (actor.kind !== 'guest') return [from.takeHere('signed-in', whoOf(ip, actor, 'caller'))]
  const ofAddress = from.takeHere('guests-of-address', whoOf(ip, actor, 'address'))
  return ofAddress.allowed ? [ofAddress, from.takeHere('guest', whoOf(ip, actor, 'caller'))] : [ofAddress]
}

/** Tells a caller where they stand. Raises `rate_limited` if the last of these is a refusal. */
export function standOrRefuse(ctx: Counted, standings: readonly Standing[]): void {
  ctx.client?.setStanding(...standings)
  const last = standings.at(-1)
  if (last?.allowed === false) throw refusal(ctx, last.limit, last.resetMs, last.firstRefusal)
}

/** Counts a call by what it is about, once its input is read; by its caller where nothing else is said. */
export async function countSubject(ctx: Context, policy: PolicyName, subject: string | undefined): Promise<void> {
  if (ctx.ip === null || ctx.actor.kind === 'system') return
  for (const name of policies[policy]) {
    const { per, counts }: Limit = limits[name]
    if (counts === 'calls' && per === 'subject') await take(ctx, name, subject ?? principalOf(ctx.actor))
  }
}

/** Takes from a limit. Raises `rate_limited`. */
export async function take(ctx: Counted, limit: LimitName, who: string, points = 1) {
  const standing = await ctx.limits.take(limit, who, points)
  ctx.client?.setStanding(standing)
  if (standing.allowed) return standing
  throw refusal(ctx, limit, standing.resetMs, standing.firstRefusal)
}

/** The error of a limit that is reached. One of a window is told as a security event, all of them are counted. */
export function refusal(ctx: Counted, limit: string, waitMs: number, first: boolean) {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
  ctx.metrics.limitHits.inc({ limit })
  if (first) securityEvent(ctx, 'limit_hit', { reason: limit })
  ctx.client?.setRetryAfter(retryAfterSeconds)
  return common.rateLimited({ retryAfterSeconds })
}

/** A stream that cannot be opened is worth another try when one of the open ones may have come to its end. */
const STREAM_WAIT_MS = 15_000

/** Takes a place for a stream and answers how to leave it. Raises `rate_limited`. */
export function openStream(ctx: Context): () => void {
  if (ctx.ip === null || ctx.actor.kind === 'system') return () => {}
  const places: [places: number, who: string][] = [[bounds.streams, whoOf(ctx.ip, ctx.actor, 'caller')]]
  if (ctx.actor.kind === 'guest') places.push([bounds.streamsOfAddress, `guests of ${addressKey(ctx.ip)}`])
  const left: (() => void)[] = []
  const leave = () => {
    for (const one of left) one()
  }
  for (const [bound, who] of places) {
    const one = ctx.limits.enter(ctx.limits.scaled(bound), who)
    if (one === undefined) {
      leave()
      throw refusal(ctx, 'streams', STREAM_WAIT_MS, false)
    }
    left.push(one)
  }
  return leave
}

/** A guest without a token is known by their address alone. */
function whoOf(ip: string, actor: Actor, per: 'caller' | 'address'): string {
  const isNobody = actor.kind === 'guest' && actor.guest === null
  return per === 'address' || isNobody ? addressKey(ip) : principalOf(actor)
}

/** What counts as one address: of IPv6 the /64, which is the least that one connection is given. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || !isIPv6(ip)) return ip
  // URL writes an IPv6 address in its one short form.
  const [head = '', tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}
