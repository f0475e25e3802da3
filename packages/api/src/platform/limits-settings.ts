import { z } from 'zod'
import { type LimitName, limitNames } from './limits/table.ts'

/** How often callers may do what. */
export const limitsSettings = {
  /** Multiplies every limit: for tests, load tests and shops with many visitors behind one address. */
  LIMITS_SCALE: z.coerce.number().min(0.01).max(1_000_000).default(1),
  /** Single limits by name, as `search=120,checkout=20`; LIMITS_SCALE does not touch these. */
  LIMITS: z
    .string()
    .max(4096)
    .transform((text, issues) => {
      const points = new Map<LimitName, number>()
      for (const part of text.split(',').filter((part) => part.trim() !== '')) {
        const [, given, number] = /^\s*([a-z-]+)\s*=\s*([1-9]\d{0,8})\s*$/.exec(part) ?? []
        const name = limitNames.find((name) => name === given)
        if (name === undefined) {
          issues.addIssue({ code: 'custom', message: `must be name=points, with names of ${limitNames.join(', ')}` })
          return z.NEVER
        }
        points.set(name, Number(number))
      }
      return points
    })
    .prefault(''),
  /** Redis 6.2 or later that counts what several processes limit together, instead of PostgreSQL; `rediss:` for TLS. */
  LIMITS_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
}

export interface LimitsConfig {
  readonly scale: number
  /** Limits that have a number of their own. */
  readonly points: ReadonlyMap<LimitName, number>
  readonly redisUrl: string | undefined
}

export const readLimits = (settings: z.output<z.ZodObject<typeof limitsSettings>>): LimitsConfig => ({
  scale: settings.LIMITS_SCALE,
  points: settings.LIMITS,
  redisUrl: settings.LIMITS_REDIS_URL,
})
