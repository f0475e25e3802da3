import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'

/** What every answer says, whatever it is and whoever makes it. */
export function securityHeaders({ publicUrl, resourcePolicy }: Config['http']): Readonly<Record<string, string>> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': resourcePolicy,
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    ...(publicUrl.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  }
}

/** Answers that begin with these headers: those that Node's server gives by itself as well. */
export function answersWith(headers: Readonly<Record<string, string>>) {
  const all = Object.entries(headers)
  return class extends ServerResponse<IncomingMessage> {
    constructor(...args: ConstructorParameters<typeof ServerResponse<IncomingMessage>>) {
      super(...args)
      for (const [name, value] of all) super.setHeader(name, value)
    }

    /** Says the charset where a library leaves it out, and keeps what else an answer varies with. */
    override setHeader(name: string, value: number | string | readonly string[]): this {
      if (name.length === 4 && /^vary$/i.test(name))
        return super.setHeader(name, joined(this.getHeader('Vary'), String(value)))
      const bare = name.length === 12 && /^content-type$/i.test(name) && BARE.test(String(value))
      return super.setHeader(name, bare ? `${value}; charset=utf-8` : value)
    }
  }
}

const BARE = /^(application\/json|text\/event-stream)$/i

const joined = (said: number | string | string[] | undefined, more: string): string => {
  const names = [said ?? [], more].flat().flatMap((part) => String(part).split(','))
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '').join(', ')
}
