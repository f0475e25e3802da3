import pg from 'pg'
import { vi } from 'vitest'

/** A query of pg's knows its text, one of several statements all of theirs; their type does not say so. */
type Asked = pg.Query & { readonly text: string; readonly texts?: readonly string[] }

/** What this process sends to PostgreSQL while it works, by round trip: the texts, in their order. */
export async function tripsOf(work: () => Promise<unknown>): Promise<string[][]> {
  const sent = vi.spyOn(pg.Query.prototype, 'submit')
  try {
    await work()
    const trips = (sent.mock.contexts as Asked[]).map(({ text, texts }) => (texts ?? [text]).map((one) => one.trim()))
    return trips.filter((trip) => !trip.some((text) => /^select pg_notify\b/i.test(text)))
  } finally {
    sent.mockRestore()
  }
}

/** The statements that this process sends to PostgreSQL while it works, BEGIN and COMMIT aside, in their order. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await tripsOf(work)).flat().filter((text) => !/^(begin|commit)\b/i.test(text))
