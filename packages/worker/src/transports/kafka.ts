import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka'
import type { Group, Part, Transport } from '../transport.ts'
import { trackDeliveries } from './deliveries.ts'
import { clientOptions, explain, type KafkaSettings, topicName } from './kafka/client.ts'
import { joinGroup, type Member } from './kafka/member.ts'
import { makeTopics } from './kafka/topics.ts'

export type { KafkaSettings } from './kafka/client.ts'

/**
 * Carries events by Kafka: a topic for each kind of aggregate, a partition for each key, a consumer group for each
 * consumer. Without a broker `publish` rejects within seconds, and deliveries go on when it is back.
 */
export function openKafka(settings: KafkaSettings, { onError }: Pick<Part, 'onError'>): Transport {
  let producer: Producer<string, string, string, string> | undefined
  const members: Member[] = []
  const deliveries = trackDeliveries()
  return {
    name: 'kafka',
    init: (topics) => makeTopics(settings, topics),
    async publish(messages) {
      if (messages.length === 0) return
      producer ??= openProducer(settings, onError)
      const current = producer
      try {
        await current.send({
          messages: messages.map((message) => ({
            topic: topicName(settings, message.topic),
            key: message.key,
            value: JSON.stringify(message),
          })),
        })
      } catch (error) {
        // It counts what it sends, and no broker takes from it again what follows on something lost.
        if (producer === current) producer = undefined
        await current.close().catch((failure: unknown) => onError(explain(failure)))
        throw explain(error)
      }
    },
    async subscribe(group: Group, deliver) {
      members.push(joinGroup(settings, group, deliveries.tracked(deliver), onError))
    },
    // Topics are everybody's. How far a group was that is empty, Kafka forgets by itself, after a week unless told otherwise.
    forget: async () => {},
    async close() {
      // A broker that keeps its connections and says nothing would be asked again and again.
      await deliveries.waitFor(Promise.all([...members.map((member) => member.leave()), producer?.close()]))
    },
  }
}

function openProducer(settings: KafkaSettings, onError: (error: Error) => void) {
  const producer = new Producer<string, string, string, string>({
    ...clientOptions(settings),
    serializers: stringSerializers,
    idempotent: true,
    acks: ProduceAcks.ALL,
  })
  producer.on('error', (error) => onError(explain(error)))
  return producer
}
