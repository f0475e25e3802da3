import { readFile } from 'node:fs/promises'
import type { Config } from '@barrow/api/runtime'
import type { Group, Transport } from '../transport.ts'
import type { KafkaSettings } from './kafka.ts'
import { quieten } from './quieten.ts'

type KafkaConfig = Extract<Config['transport'], { kind: 'kafka' }>

/**
 * Opens what the configuration says carries events. Raises when that is set up so that it would lose some; one that is
 * merely away is waited for, and `onError` hears of it.
 */
export async function openTransport(
  { transport, database, worker }: Pick<Config, 'transport' | 'database' | 'worker'>,
  groups: readonly Group[],
  onError: (error: Error) => void,
): Promise<Transport> {
  const part = { groups, leaseSeconds: worker.leaseSeconds, onError: quieten(onError) }
  // What carries them takes longer to load than the rest of a worker: each is loaded by the shops that use it.
  switch (transport.kind) {
    case 'postgres': {
      const { openPostgres } = await import('./postgres.ts')
      return openPostgres(database.url, part)
    }
    case 'redis': {
      const { openRedis } = await import('./redis.ts')
      return openRedis(transport, part)
    }
    case 'kafka': {
      const { openKafka } = await import('./kafka.ts')
      return openKafka(await withCertificates(transport), part)
    }
  }
}

async function withCertificates({ tls, ...settings }: KafkaConfig): Promise<KafkaSettings> {
  if (tls === undefined) return { ...settings, tls }
  const [ca, cert, key] = await Promise.all(
    [tls.caFile, tls.certFile, tls.keyFile].map((file) => file && readFile(file, 'utf8')),
  )
  return { ...settings, tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }
}
