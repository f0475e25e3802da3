import { setTimeout as sleep } from 'node:timers/promises'
import { OUTBOX_CHANNEL } from '@barrow/api/work'
import pg from 'pg'

/**
 * Calls `wake` whenever somebody commits an event. A connection that breaks is opened anew; what is missed meanwhile the
 * relay finds by looking.
 */
export function listen(databaseUrl: string, wake: () => void): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = (async () => {
    while (!signal.aborted) {
      const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true })
      const broken = new Promise<void>((end) => {
        client.once('error', () => end()).once('end', end)
        signal.addEventListener('abort', () => end(), { once: true })
      })
      try {
        await client.connect()
        client.on('notification', wake)
        await client.query(`listen ${OUTBOX_CHANNEL}`)
        wake()
        await broken
      } catch {
        // The next round tries again; that the database is away is said by whoever asks it something.
      }
      await client.end().catch(() => {})
      if (!signal.aborted) await sleep(1_000, undefined, { signal }).catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
