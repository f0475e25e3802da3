import { setTimeout as sleep } from 'node:timers/promises'
import {
  Admin,
  type ClusterMetadata,
  ConfigResourceTypes,
  findErrorBy,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka'
import type { Topic } from '../../transport.ts'
import { clientOptions, type KafkaSettings, topicName, unknownTopic } from './client.ts'

const retentionOf = ({ retentionDays }: Topic): string => String(retentionDays * 86_400_000)

/**
 * Makes the topics that are missing, adds the partitions that are too few and sets how long each keeps its messages.
 * Partitions are never taken away: Kafka cannot. Safe to run again, and by several at once.
 */
export async function makeTopics(settings: KafkaSettings, topics: readonly Topic[]): Promise<void> {
  const admin = new Admin(clientOptions(settings))
  try {
    const existing = new Set(await admin.listTopics())
    for (const topic of topics) {
      const name = topicName(settings, topic.name)
      if (!existing.has(name)) await create(admin, name, topic)
    }
    const names = topics.map(({ name }) => topicName(settings, name))
    const metadata = await known(admin, names)
    for (const topic of topics) {
      const name = topicName(settings, topic.name)
      const count = metadata.topics.get(name)?.partitionsCount ?? 0
      // Messages of a key go to another partition from now on; the inbox keeps their order.
      if (count < topic.partitions) await admin.createPartitions({ topics: [{ name, count: topic.partitions }] })
    }
    await admin.incrementalAlterConfigs({
      resources: topics.map((topic) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topicName(settings, topic.name),
        configs: [
          {
            name: 'retention.ms',
            value: retentionOf(topic),
            configOperation: IncrementalAlterConfigOperationTypes.SET,
          },
        ],
      })),
    })
  } finally {
    await admin.close()
  }
}

async function create(admin: Admin, name: string, { partitions }: Topic): Promise<void> {
  try {
    await admin.createTopics({ topics: [name], partitions, replicas: -1 })
  } catch (error) {
    const exists = error instanceof Error && findErrorBy(error, 'apiId', 'TOPIC_ALREADY_EXISTS')
    if (!exists) throw error
  }
}

/** A broker answers that a topic is made before it knows of it. */
async function known(admin: Admin, topics: string[]): Promise<ClusterMetadata> {
  for (let tries = 1; ; tries++) {
    try {
      return await admin.metadata({ topics, forceUpdate: true })
    } catch (error) {
      if (unknownTopic(error) === undefined || tries === 50) throw error
      await sleep(200)
    }
  }
}
