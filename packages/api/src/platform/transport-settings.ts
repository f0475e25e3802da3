import { z } from 'zod'

const mechanisms = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const
const broker = z.string().regex(/^[a-z0-9.-]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, 'must be host:port')

/** How events travel from the outbox to their consumers. */
export const transportSettings = {
  /** What carries events between processes. An address alone switches nothing. */
  TRANSPORT: z.enum(['postgres', 'redis', 'kafka']).default('postgres'),
  /** What the names of queues, topics and groups begin with: shops that share a Redis or a Kafka differ in it. */
  TRANSPORT_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .default('barrow'),
  /** Redis 6.2 or later that throws nothing out (`maxmemory-policy noeviction`); `rediss:` for TLS. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Some brokers of a Kafka 3.5 or later, as `host:port`, by commas. */
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
    .pipe(z.array(broker).max(100))
    .default([]),
  /** Speak TLS with the brokers. */
  KAFKA_TLS: z.stringbool().default(false),
  /** A file with the certificates to trust, as PEM, instead of those that Node trusts. */
  KAFKA_TLS_CA: z.string().min(1).max(4096).optional(),
  /** A file with this shop's own certificate, as PEM, for brokers that ask for one. */
  KAFKA_TLS_CERT: z.string().min(1).max(4096).optional(),
  /** A file with the key of that certificate, as PEM. */
  KAFKA_TLS_KEY: z.string().min(1).max(4096).optional(),
  /** How the shop signs in to the brokers. */
  KAFKA_SASL: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
  /** Who it signs in as; without it, it does not. */
  KAFKA_USERNAME: z.string().min(1).max(255).optional(),
  /** And with which password. */
  KAFKA_PASSWORD: z.string().min(1).max(1024).optional(),
}

type Settings = z.output<z.ZodObject<typeof transportSettings>>

/** What carries events, and all that it needs. */
export type TransportConfig =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
  | {
      readonly kind: 'kafka'
      readonly brokers: readonly string[]
      readonly prefix: string
      /** Paths of PEM files; undefined without TLS. */
      readonly tls:
        | {
            readonly caFile: string | undefined
            readonly certFile: string | undefined
            readonly keyFile: string | undefined
          }
        | undefined
      readonly sasl:
        | {
            readonly mechanism: (typeof mechanisms)[keyof typeof mechanisms]
            readonly username: string
            readonly password: string
          }
        | undefined
    }

/** Settings that only make sense together. */
export function readTransport(settings: Settings, issues: z.RefinementCtx): TransportConfig {
  const wrong = (name: keyof Settings, message: string) => {
    issues.addIssue({ code: 'custom', path: [name], message })
    return z.NEVER
  }
  const prefix = settings.TRANSPORT_PREFIX
  switch (settings.TRANSPORT) {
    case 'postgres':
      return { kind: 'postgres' }
    case 'redis':
      if (settings.REDIS_URL === undefined) return wrong('REDIS_URL', 'is needed when TRANSPORT is redis')
      return { kind: 'redis', url: settings.REDIS_URL, prefix }
    case 'kafka': {
      const {
        KAFKA_BROKERS: brokers,
        KAFKA_TLS_CA,
        KAFKA_TLS_CERT,
        KAFKA_TLS_KEY,
        KAFKA_USERNAME,
        KAFKA_PASSWORD,
      } = settings
      if (brokers.length === 0) return wrong('KAFKA_BROKERS', 'is needed when TRANSPORT is kafka')
      const encrypted = settings.KAFKA_TLS || KAFKA_TLS_CA !== undefined || KAFKA_TLS_CERT !== undefined
      if ((KAFKA_TLS_CERT === undefined) !== (KAFKA_TLS_KEY === undefined))
        return wrong('KAFKA_TLS_KEY', 'and KAFKA_TLS_CERT need each other')
      const tls = encrypted ? { caFile: KAFKA_TLS_CA, certFile: KAFKA_TLS_CERT, keyFile: KAFKA_TLS_KEY } : undefined
      if (KAFKA_USERNAME === undefined && KAFKA_PASSWORD === undefined)
        return { kind: 'kafka', brokers, prefix, tls, sasl: undefined }
      if (KAFKA_USERNAME === undefined || KAFKA_PASSWORD === undefined)
        return wrong('KAFKA_PASSWORD', 'and KAFKA_USERNAME need each other')
      if (settings.KAFKA_SASL === 'plain' && tls === undefined)
        return wrong('KAFKA_SASL', 'plain sends the password as it is: set KAFKA_TLS')
      const sasl = { mechanism: mechanisms[settings.KAFKA_SASL], username: KAFKA_USERNAME, password: KAFKA_PASSWORD }
      return { kind: 'kafka', brokers, prefix, tls, sasl }
    }
  }
}
