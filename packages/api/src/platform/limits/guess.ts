import type { Context } from '../context.ts'
import { addressKey, refusal, take } from './enforce.ts'
import { loginDelaySeconds } from './table.ts'

/**
 * Lets somebody try a password, or anything else that must not be guessed: `check` says whether it was right. Wrong ones
 * count against the address they come from and against the account; right ones count nowhere. Each try takes its place
 * before it is checked, so that of many at once no more are let through. Raises `rate_limited`.
 *
 * An account whose tries are used up is never locked: it may be tried once in a while, and the while grows. A device that
 * has signed in to it before has tries of its own, so that a stranger's guesses do not keep its owner out.
 */
export async function guess(ctx: Context, account: string, check: () => Promise<boolean>): Promise<boolean> {
  if (ctx.ip === null) return check()
  const address = addressKey(ctx.ip)
  const device = ctx.client?.deviceOf(account)
  const who = device === undefined ? `account ${account}` : `device ${device}`
  await take(ctx, 'login', address)
  const lastTry = await takeTry(ctx, who).catch(async (error: unknown) => {
    await ctx.limits.giveBack('login', address)
    throw error
  })
  const right = await check().catch(async (error: unknown) => {
    await Promise.all([ctx.limits.giveBack('login', address), ctx.limits.giveBack('login-account', who)])
    throw error
  })
  if (right) {
    await Promise.all([ctx.limits.giveBack('login', address), ctx.limits.forget('login-account', who)])
    if (device === undefined) ctx.client?.knowDevice(account)
  } else if (lastTry) {
    const strikes = await ctx.limits.strikes('login-account', who, 1)
    await ctx.limits.hold('login-account', who, loginDelaySeconds(strikes))
  }
  return right
}

/** Takes a try at an account and says whether it is the last before a wait: after the first wait, every one is. */
async function takeTry(ctx: Context, who: string): Promise<boolean> {
  const all = ctx.limits.pointsOf('login-account')
  const strikes = await ctx.limits.strikes('login-account', who, 0)
  const standing = await ctx.limits.take('login-account', who, strikes === 0 ? 1 : all)
  if (standing.allowed) return standing.remaining === 0
  throw refusal(ctx, 'login-account', standing.resetMs, standing.firstRefusal)
}
