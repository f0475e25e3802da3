import type { EventId } from '@barrow/api/work'

/** Word of an event. Who takes it reads the event itself where it was written: nothing else travels. */
export interface Message {
  /** The kind of aggregate: `order` of `order.placed`. */
  readonly topic: string
  /** The aggregate's id: what is said of one key is said in order where the carrier can, and the inbox sees to it anyway. */
  readonly key: string
  readonly name: string
  readonly eventId: EventId
  /** The groups that have something to do with it. */
  readonly groups: readonly string[]
}

/** Where messages of one kind of aggregate go. */
export interface Topic {
  readonly name: string
  /** As many members of a group can share it, where the carrier has partitions. */
  readonly partitions: number
  /** How long the carrier keeps what it has delivered, where it keeps it at all. */
  readonly retentionDays: number
}

/** Members of a group share its messages; each group gets all messages of its events. */
export interface Group {
  readonly name: string
  readonly events: readonly string[]
}

/** What is told through `onError` though nothing failed: it works, and would work better another way. */
export class Advice extends Error {}

/** What a process tells whatever carries its messages. */
export interface Part {
  /** Of all processes, not of this one alone: each message is kept for each group that wants it. */
  readonly groups: readonly Group[]
  /** After how long without a sign of life a process counts as dead. */
  readonly leaseSeconds: number
  readonly onError: (error: Error) => void
}

/** Takes a message. One that rejects is delivered again a little later. */
export type Deliver = (message: Message) => Promise<void>

/**
 * Carries word of events from the relay to the consumers of all processes, at least once. It may lose some or bring some
 * twice: what is due is in the inbox, and is looked for there as well.
 */
export interface Transport {
  readonly name: string
  /** Makes what messages travel on, where the carrier does not do so by itself; safe to run again. */
  init(topics: readonly Topic[]): Promise<void>
  /** Returns when the carrier has them; rejects within seconds when it is not reached. */
  publish(messages: readonly Message[]): Promise<void>
  /** Hands each message of the group to one of its members, several at once. A carrier that is away is waited for. */
  subscribe(group: Group, deliver: Deliver): Promise<void>
  /** Takes away what it keeps for a group that has no members any more and gets no messages. */
  forget(group: string): Promise<void>
  /** Waits for what is being delivered, then lets go of everything. */
  close(): Promise<void>
}

export const topicOf = (eventName: string): string => eventName.split('.', 1)[0] ?? eventName

/** A message that travelled as text; undefined when it is none of ours. */
export function readMessage(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return isMessage(message) ? message : undefined
  } catch {
    return undefined
  }
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' &&
  value !== null &&
  ['topic', 'key', 'name', 'eventId'].every((field) => typeof Reflect.get(value, field) === 'string') &&
  Array.isArray(Reflect.get(value, 'groups'))
