import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, type Message as KafkaMessage, stringDeserializers } from '@platformatic/kafka'
import type { Deliver, Group } from '../../transport.ts'
import { readMessage, topicOf } from '../../transport.ts'
import { clientOptions, explain, groupName, type KafkaSettings, topicName } from './client.ts'
import { openLanes } from './lanes.ts'
import { trackProgress } from './progress.ts'

export interface Member {
  /** Waits for what is being delivered, says how far it came and leaves the group. */
  leave(): Promise<void>
}

const COMMIT_EVERY_MS = 100
const PATIENCE_MS = { first: 250, most: 2_000 }

/**
 * A member of a consumer group for as long as it is wanted: what the library gives up on (a broker that is away for more
 * than moments, a membership that was taken away) is begun again from what was committed.
 */
export function joinGroup(
  settings: KafkaSettings,
  group: Group,
  deliver: Deliver,
  complain: (error: Error) => void,
): Member {
  const onError = (error: unknown) => complain(explain(error))
  const leaving = new AbortController()
  const { signal } = leaving
  const topics = [...new Set(group.events.map((event) => topicName(settings, topicOf(event))))]
  // By this name a broker knows who comes back, and need not wait until it is sure that somebody is gone.
  const groupInstanceId = randomUUID()
  let close = async () => {}

  const staying = (async () => {
    for (let pause = PATIENCE_MS.first; !signal.aborted; pause = Math.min(pause * 2, PATIENCE_MS.most)) {
      const beganAt = Date.now()
      await takePart().catch(onError)
      if (Date.now() - beganAt > PATIENCE_MS.most) pause = PATIENCE_MS.first
      if (!signal.aborted) await rest(pause)
    }
  })()
  return {
    async leave() {
      leaving.abort()
      await close()
      await staying
    },
  }

  async function takePart(): Promise<void> {
    const consumer = new Consumer<string, string, string, string>({
      ...clientOptions(settings),
      groupId: groupName(settings, group.name),
      groupInstanceId,
      deserializers: stringDeserializers,
      autocommit: false,
      // A member that dies leaves its partitions to the others after this.
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      rebalanceTimeout: 30_000,
      maxWaitTime: 1_000,
      // What is fetched and not delivered yet is fetched again whenever the group's partitions are shared out anew.
      maxBytes: 256 * 1024,
      maxBytesPerPartition: 64 * 1024,
      highWaterMark: 64,
    })
    consumer.on('error', onError)
    const progress = trackProgress()
    const lanes = openLanes({ wide: 8, long: 256 })
    let committing: Promise<void> | undefined
    const commit = async () => {
      const offsets = progress.take()
      if (offsets.length === 0) return
      await consumer.commit({ offsets }).catch((error: unknown) => {
        progress.putBack(offsets)
        throw error
      })
    }
    const timer = setInterval(() => {
      committing ??= commit()
        .catch(onError)
        .finally(() => (committing = undefined))
    }, COMMIT_EVERY_MS)
    try {
      const stream = await consumer.consume({ topics, mode: 'committed', fallbackMode: 'earliest' })
      // The library goes on as a member that no broker hears of.
      consumer.on('consumer:heartbeat:stalled', ({ lastError }) =>
        stream.destroy(lastError ?? new Error('Kafka does not hear of this member')),
      )
      close = () => stream.close()
      for await (const message of stream) {
        if (signal.aborted) break
        const done = progress.begin(message)
        await lanes.add(message.key, async () => {
          if (await handOver(message)) done()
        })
      }
    } finally {
      close = async () => {}
      await lanes.idle()
      clearInterval(timer)
      await committing
      await commit().catch(onError)
      await consumer.close(true).catch(onError)
    }
  }

  /** False when it was not delivered before this member left. */
  async function handOver({ value }: KafkaMessage<string, string, string, string>): Promise<boolean> {
    const message = readMessage(value)
    if (message === undefined) {
      onError(new Error(`${group.name} met a message in a topic of its own that Barrow has not written`))
      return true
    }
    if (!message.groups.includes(group.name)) return true
    for (let pause = PATIENCE_MS.first; ; pause = Math.min(pause * 2, PATIENCE_MS.most)) {
      try {
        await deliver(message)
        return true
      } catch (error) {
        onError(error)
        if (!signal.aborted) await rest(pause)
        if (signal.aborted) return false
      }
    }
  }

  async function rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
  }
}
