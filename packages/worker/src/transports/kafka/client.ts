import type { BaseOptions } from '@platformatic/kafka'

export interface KafkaSettings {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[]
  /** Certificates as PEM. Without `ca` those that Node trusts; `cert` and `key` for brokers that ask who calls. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined
  readonly sasl?:
    | {
        readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
        readonly username: string
        readonly password: string
      }
    | undefined
  /** What the names of topics and groups begin with: shops that share a Kafka differ in it. */
  readonly prefix: string
}

/** What every client of the library is told. Short patience: what cannot be sent now is found in the inbox. */
export const clientOptions = ({ brokers, tls, sasl, prefix }: KafkaSettings): BaseOptions => ({
  clientId: prefix,
  bootstrapBrokers: [...brokers],
  connectTimeout: 5_000,
  requestTimeout: 10_000,
  timeout: 5_000,
  retries: 2,
  retryDelay: 250,
  autocreateTopics: false,
  ...(tls !== undefined && { tls }),
  ...(sasl !== undefined && { sasl }),
})

export const topicName = ({ prefix }: KafkaSettings, topic: string): string => `${prefix}.${topic}`
export const groupName = ({ prefix }: KafkaSettings, group: string): string => `${prefix}.${group}`

/** The library packs what went wrong into what it tried to do, several layers deep. */
function rootOf(error: Error): Error {
  const inner = error instanceof AggregateError ? error.errors.at(-1) : error.cause
  return inner instanceof Error ? rootOf(inner) : error
}

/** The topic that a broker does not know, if that is what went wrong; the library says so in words alone. */
export const unknownTopic = (error: unknown): string | undefined =>
  error instanceof Error ? rootOf(error).message.match(/^Unknown topic (\S+)\.$/)?.[1] : undefined

/** What went wrong at the bottom of it, and what to do about it where that is known. */
export function explain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const topic = unknownTopic(error)
  const message =
    topic === undefined ? rootOf(error).message : `Kafka has no topic ${topic}: run \`pnpm barrow transport init\``
  return message === error.message ? error : new Error(message, { cause: error })
}
