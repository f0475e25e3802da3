import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from 'node:http'
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

type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[]

/** An answer that begins with what every answer says, as soon as anything is said in it. */
export class Answering extends ServerResponse<IncomingMessage> {
  #begun = false

  protected get always(): readonly (readonly [name: string, value: string])[] {
    return []
  }

  /** Says the charset where a library leaves it out, and keeps what else an answer varies with. */
  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.#begin()
    if (name.length === 4 && /^vary$/i.test(name))
      return super.setHeader(name, joined(this.getHeader('Vary'), String(value)))
    const bare = name.length === 12 && /^content-type$/i.test(name) && BARE.test(String(value))
    return super.setHeader(name, bare ? `${value}; charset=utf-8` : value)
  }

  override appendHeader(name: string, value: string | readonly string[]): this {
    this.#begin()
    return super.appendHeader(name, value)
  }

  override writeHead(status: number, ...more: [(string | Fields)?, Fields?]): this {
    this.#begin()
    // Both forms are passed on as they came; an overload cannot say so.
    return super.writeHead(status, ...(more as [Fields?]))
  }

  /** Writes a head that has all in it, what every answer says included: names and values in turns, in one go. */
  writeWholeHead(status: number, fields: string[]): this {
    return super.writeHead(status, fields)
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    for (const [name, value] of this.always) super.setHeader(name, value)
  }
}

export type AnsweringServer = Server<typeof IncomingMessage, typeof Answering>

/** Answers that begin with these headers: those that Node's server gives by itself as well. */
export function answersWith(headers: Readonly<Record<string, string>>): typeof Answering {
  const all = Object.entries(headers)
  return class extends Answering {
    protected override get always() {
      return all
    }
  }
}

const BARE = /^(application\/json|text\/event-stream)$/i

const joined = (said: number | string | string[] | undefined, more: string): string => {
  const names = [said ?? [], more].flat().flatMap((part) => String(part).split(','))
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '').join(', ')
}
