import { z } from 'zod'

export const operations = [
  'create',
  'confirm',
  'retrieve',
  'list',
  'search',
  'capture',
  'cancel',
  'refund',
  'retrieve_refund',
  'list_refunds',
] as const
export type Operation = (typeof operations)[number]

/**
 * Something that goes wrong on command.
 *
 * - `error`: an answer with a status. `before`: nothing happens, and a status from 500 up is kept under the key only if
 *   `kept` says so. `after`: the operation is carried out, its answer replaced and kept.
 * - `drop`: the connection is closed without an answer. `reset`: it is torn down.
 * - `slow`: the answer takes longer; what else comes with its key meanwhile finds the key in use.
 */
export const Fault = z.strictObject({
  operation: z.enum([...operations, 'any']).default('any'),
  kind: z.enum(['error', 'drop', 'reset', 'slow']),
  when: z.enum(['before', 'after']).default('before'),
  status: z.int().min(400).max(599).default(500),
  kept: z.boolean().default(false),
  delayMs: z.int().min(0).max(600_000).default(0),
  /** How many requests it strikes. */
  times: z.int().min(1).default(1),
  /** How likely it strikes a request it could strike. */
  chance: z.number().min(0).max(1).default(1),
})
export type Fault = z.infer<typeof Fault>

/** Whether a fault is one of the operation itself; the others are of the way there and back. */
const isInside = ({ kind, when, kept }: Fault): boolean => kind === 'error' && (kept || when === 'after')

/** The faults that wait for their request. */
export function createFaults(random: () => number) {
  let waiting: { fault: Fault; left: number }[] = []

  function strike(operation: Operation, inside: boolean): Fault[] {
    const struck = waiting.filter(
      ({ fault }) =>
        isInside(fault) === inside &&
        (fault.operation === 'any' || fault.operation === operation) &&
        random() < fault.chance,
    )
    for (const entry of struck) entry.left -= 1
    waiting = waiting.filter(({ left }) => left > 0)
    return struck.map(({ fault }) => fault)
  }

  return {
    add(fault: z.input<typeof Fault>): void {
      const parsed = Fault.parse(fault)
      waiting.push({ fault: parsed, left: parsed.times })
    },
    clear(): void {
      waiting = []
    },
    /** The faults that strike a request on its way, each at most once. */
    onTheWay: (operation: Operation): Fault[] => strike(operation, false),
    /** The failure that strikes an operation while it is carried out; an answer that is repeated is not. */
    inside: (operation: Operation): Fault | undefined => strike(operation, true)[0],
  }
}

export type Faults = ReturnType<typeof createFaults>
