import type { EventId } from '@barrow/api/work'

/** Word of an event. Who takes it reads the event itself where it was written: nothing else travels. */
export interface Message {
  /** The kind of aggregate: `order` of `order.placed`. */
  readonly topic: string
  /** The aggregate's id: what is said of one key is said in order where the carrier can, and the inbox sees to it anyway. */
  readonly key: string
  readonly name: string
  readonly eventId: EventId
}

/** Members of a group share its messages; each group gets all messages of its topics. */
export interface Group {
  readonly name: string
  readonly events: readonly string[]
}

/**
 * Carries word of events from the relay to the consumers of all processes, at least once. It may lose some or bring some
 * twice: what is due is in the inbox, and is looked for there as well.
 */
export interface Transport {
  readonly name: string
  publish(messages: readonly Message[]): Promise<void>
  /** Hands each message of the group to one of its members. One that was handed over is not brought again. */
  subscribe(group: Group, deliver: (message: Message) => Promise<void>): Promise<void>
  /** Waits for what is being delivered, then lets go of everything. */
  close(): Promise<void>
}

export const topicOf = (eventName: string): string => eventName.split('.', 1)[0] ?? eventName
