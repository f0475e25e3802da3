import { type Adapter, Lucia, TimeSpan } from 'lucia'
import type { Id } from '../ids.ts'
import type { OpenSession, SessionStore, Sessions } from '../ports/sessions.ts'
import { hashToken, newToken } from '../tokens.ts'

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<never, never>, { open: OpenSession }>
    UserId: Id<'user'>
    DatabaseUserAttributes: { open: OpenSession }
  }
}

/**
 * lucia renews a session once half its time is over, and has one length for all, by this process's clock. Here lengths
 * differ (staff, customers) and the database's clock counts: so lucia is told how much of a session is left as a part of
 * this span.
 */
const SPAN = new TimeSpan(1, 'h')

/** Sessions by lucia, which sees only hashes of tokens: what it would store in clear is made and hashed here. */
export function createLuciaSessions(store: SessionStore): Sessions {
  const lucia = new Lucia(adapterOf(store), { sessionExpiresIn: SPAN, getUserAttributes: ({ open }) => ({ open }) })
  return {
    async begin(userId) {
      const token = newToken('bs')
      await lucia.createSession(userId, {}, { sessionId: hashToken(token) })
      return token
    },
    async read(token) {
      const { user } = await lucia.validateSession(hashToken(token))
      return user?.open ?? null
    },
    end: (id) => lucia.invalidateSession(id),
    endAllOf: (userId) => lucia.invalidateUserSessions(userId),
  }
}

const adapterOf = (store: SessionStore): Adapter => ({
  async getSessionAndUser(id) {
    const found = await store.find(id)
    if (found === null) return [null, null]
    const { life, ...open } = found
    const expiresAt = new Date(Date.now() + life * SPAN.milliseconds())
    return [
      { id, userId: open.userId, expiresAt, attributes: {} },
      { id: open.userId, attributes: { open } },
    ]
  },
  setSession: ({ id, userId }) => store.add(id, userId),
  updateSessionExpiration: (id) => store.renew(id),
  deleteSession: (id) => store.remove(id),
  deleteUserSessions: (userId) => store.removeAllOf(userId),
  // Lists and sweeps are statements of the slice that keeps the rows; lucia is not asked for them.
  getUserSessions: unused,
  deleteExpiredSessions: unused,
})

const unused = () => Promise.reject(new Error('sessions are not listed or swept through lucia'))
