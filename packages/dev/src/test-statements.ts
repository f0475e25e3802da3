import pg from 'pg'
import { vi } from 'vitest'

/** What this process sends to PostgreSQL while it works, BEGIN and COMMIT aside: the texts, in their order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = vi.spyOn(pg.Query.prototype, 'submit')
  try {
    await work()
    // A query of pg's knows its text; its type does not say so.
    const texts = sent.mock.contexts.map((query) => (query as pg.Query & { readonly text: string }).text.trim())
    return texts.filter((text) => !/^(begin|commit|select pg_notify)\b/i.test(text))
  } finally {
    sent.mockRestore()
  }
}
