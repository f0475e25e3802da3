import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

/** 32 random bytes, in the form that libraries of the Standard Webhooks scheme take. */
export const newSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`

export interface Signed {
  /** The event's id: the same each time, so that a receiver can tell what comes twice. */
  readonly id: string
  /** Seconds since 1970: receivers refuse what is older than five minutes. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of a call by the Standard Webhooks scheme, signed with each secret. */
export function signedHeaders(secrets: readonly string[], { id, timestamp, body }: Signed): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Barrow-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
