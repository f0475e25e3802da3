import type { Permission } from '../actor.ts'
import type { Id } from '../ids.ts'

/** A session somebody may act under now, and what its user may do. */
export interface OpenSession {
  readonly id: string
  readonly userId: Id<'user'>
  readonly role: 'customer' | 'staff' | 'admin'
  readonly permissions: readonly Permission[]
  /** Whether it began within the last 15 minutes: its user proved then who they are. */
  readonly recent: boolean
  /** Whether its user signs in with an authenticator app. */
  readonly mfa: boolean
}

/** Who is signed in. A session lives as long as it is used, up to an end that no use moves. */
export interface Sessions {
  /** Begins a session and answers its token, which is kept nowhere. */
  begin(userId: Id<'user'>): Promise<string>
  /** The session of a token; null when it is over, its user may not sign in any more, or it never was. */
  read(token: string): Promise<OpenSession | null>
  end(id: string): Promise<void>
  endAllOf(userId: Id<'user'>): Promise<void>
}

/** Where sessions are kept: rows under the SHA-256 of their tokens. Its clock, the database's, judges what is over. */
export interface SessionStore {
  add(id: string, userId: Id<'user'>): Promise<void>
  /** An open session. `life` is the part of its idle time that is left, 1 when more use cannot lengthen it. */
  find(id: string): Promise<(OpenSession & { readonly life: number }) | null>
  /** Gives a session its whole idle time again. */
  renew(id: string): Promise<void>
  remove(id: string): Promise<void>
  removeAllOf(userId: Id<'user'>): Promise<void>
}
