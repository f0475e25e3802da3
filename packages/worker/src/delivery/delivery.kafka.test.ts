import { readFile } from 'node:fs/promises'
import { type Service, startService } from '@barrow/dev/services'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Message } from '../transport.ts'
import { type KafkaSettings, openKafka } from '../transports/kafka.ts'
import { withoutCarrier } from './away.ts'
import { deliveryContract } from './contract.ts'

deliveryContract('kafka', withoutCarrier)

const orders = { name: 'order', partitions: 4, retentionDays: 7 }
const group = { name: 'clerks', events: ['order.placed'] }
const placed = (n: number): Message => ({
  topic: 'order',
  key: `order ${n % 50}`,
  name: 'order.placed',
  eventId: `event_${n}`,
  groups: ['clerks'],
})
const soon = { timeout: 60_000, interval: 50 }

/** Beside the one of the contract: tests share it under names of their own. */
let service: Service<'kafka'>
beforeAll(async () => {
  service = await startService('kafka')
}, 240_000)
afterAll(() => service?.stop())
const open = (prefix: string) => openKafka({ brokers: [service.env.KAFKA_BROKERS], prefix }, { onError: () => {} })

test('topics are made with their partitions and retention, and brought up to date', async () => {
  const kafka = open('made')
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [service.env.KAFKA_BROKERS] })
  const described = async () => {
    const metadata = await admin.metadata({ topics: ['made.order'], forceUpdate: true })
    const [config] = await admin.describeConfigs({
      resources: [{ resourceType: 2, resourceName: 'made.order', configurationKeys: ['retention.ms'] }],
    })
    return [metadata.topics.get('made.order')?.partitionsCount, config?.configs[0]?.value]
  }
  await Promise.all([kafka.init([orders]), open('made').init([orders])])
  await expect.poll(described, soon).toEqual([4, String(7 * 86_400_000)])
  await kafka.init([{ ...orders, partitions: 6, retentionDays: 1 }])
  await expect.poll(described, soon).toEqual([6, String(86_400_000)])
  await admin.close()
  await kafka.close()
})

test('a topic that nobody made is named in the complaint', async () => {
  const kafka = open('unmade')
  await expect(kafka.publish([placed(1)])).rejects.toThrow(/unmade\.order.*transport init/)
  await kafka.close()
})

test('Kafka is spoken to encrypted and by name; who is not known is told so', async () => {
  const { KAFKA_SECURE_BROKERS, KAFKA_SECURE_CA, KAFKA_SECURE_USERNAME: username, KAFKA_SECURE_PASSWORD } = service.env
  const settings = (password: string, mechanism: 'PLAIN' | 'SCRAM-SHA-256', ca: string): KafkaSettings => ({
    brokers: [KAFKA_SECURE_BROKERS],
    prefix: 'secure',
    tls: { ca },
    sasl: { mechanism, username, password },
  })
  const ca = await readFile(KAFKA_SECURE_CA, 'utf8')
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256'] as const) {
    const kafka = openKafka(settings(KAFKA_SECURE_PASSWORD, mechanism, ca), { onError: () => {} })
    await kafka.init([orders])
    const heard = new Set<string>()
    await kafka.subscribe(group, async ({ eventId }) => void heard.add(eventId))
    await kafka.publish([placed(1)])
    await vi.waitFor(() => expect(heard.size).toBe(1), soon)
    await kafka.close()
  }
  const stranger = openKafka(settings('guessed', 'SCRAM-SHA-256', ca), { onError: () => {} })
  await expect(stranger.publish([placed(2)])).rejects.toThrow(/authentication/i)
  await stranger.close()
})

test('a broker that is killed and comes back has little read again, and nothing is missed', async () => {
  const kafka = open('killed')
  await kafka.init([orders])
  const amount = 20_000
  for (let n = 0; n < amount; n += 500) await kafka.publish(Array.from({ length: 500 }, (_, m) => placed(n + m)))
  const heard = new Set<string>()
  let deliveries = 0
  await kafka.subscribe(group, async ({ eventId }) => {
    deliveries += 1
    heard.add(eventId)
    await new Promise((done) => setTimeout(done, 1))
  })
  for (const share of [0.2, 0.5]) {
    await vi.waitFor(() => expect(heard.size).toBeGreaterThan(amount * share), { timeout: 60_000, interval: 5 })
    await service.kill()
    await service.up()
  }
  await vi.waitFor(() => expect(heard.size).toBe(amount), soon)
  // What is fetched and not delivered yet is fetched again; all of it would be tens of thousands.
  expect(deliveries - amount).toBeLessThan(amount / 4)
  await kafka.close()
})
