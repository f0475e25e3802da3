import type { Context } from '../../context.ts'
import { Fault } from '../../errors.ts'
import type { Engine, Search } from '../../ports/search.ts'
import { cursorExpired } from '../../search/errors.ts'

/** After a failure, how long the engine is left alone before one search tries it again. */
const REST_MS = 5_000

/**
 * An engine that answers, and another one that does when it cannot: from the first failure on all searches go to the
 * stand-in, but for one every few seconds that finds out whether the engine is back. Both are kept up to date by the
 * worker, so what it missed meanwhile it gets by itself.
 */
export function withStandIn(engine: Engine, standIn: Engine): Search {
  let restUntil: number | undefined

  /** Whether to ask it: one of all searches does once it has rested. */
  const isAsked = (): boolean => {
    if (restUntil === undefined) return true
    if (performance.now() < restUntil) return false
    restUntil = performance.now() + REST_MS
    return true
  }
  const failed = (ctx: Context, error: unknown) => {
    if (restUntil === undefined) ctx.log.warn({ err: error, engine: engine.name }, 'search engine is away')
    restUntil = performance.now() + REST_MS
  }
  const answered = (ctx: Context) => {
    if (restUntil !== undefined) ctx.log.info({ engine: engine.name }, 'search engine is back')
    restUntil = undefined
  }

  async function ask<Answer>(ctx: Context, by: (engine: Engine) => Promise<Answer>): Promise<Answer> {
    if (isAsked()) {
      try {
        const answer = await by(engine)
        answered(ctx)
        ctx.metrics.searches.inc({ engine: engine.name })
        return answer
      } catch (error) {
        // The engine is well, it is the question that is not.
        if (error instanceof Fault && error.kind !== 'unavailable') throw error
        failed(ctx, error)
      }
    }
    const answer = await by(standIn)
    ctx.metrics.searches.inc({ engine: standIn.name })
    ctx.metrics.searchFallbacks.inc()
    return answer
  }

  return {
    async find(ctx, asked, page) {
      const from = page.position?.engine
      // A list that the stand-in began, it goes on with: it is still there when the engine is back.
      if (from === standIn.name) return standIn.find(ctx, asked, page)
      return ask(ctx, (one) => {
        if (from !== undefined && from !== one.name) throw cursorExpired()
        return one.find(ctx, asked, page)
      })
    },
    count: (ctx, asked, wanted) => ask(ctx, (one) => one.count(ctx, asked, wanted)),
    engines: [standIn, engine],
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await standIn[Symbol.asyncDispose]()
    },
  }
}
