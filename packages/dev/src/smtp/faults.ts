import { z } from 'zod'

/** Where in a conversation a fault strikes. */
export const steps = ['connect', 'mail', 'rcpt', 'data'] as const
export type Step = (typeof steps)[number]

/**
 * Something that goes wrong on command.
 *
 * - `refuse`: the step is answered with `code`; nothing is taken.
 * - `drop`: the connection is torn down; nothing is taken.
 * - `lose_answer`: the message is taken, and the connection torn down before its sender hears so.
 * - `slow`: the step takes `delayMs` longer.
 */
export const Fault = z.strictObject({
  kind: z.enum(['refuse', 'drop', 'lose_answer', 'slow']),
  at: z.enum(steps).default('data'),
  code: z.int().min(400).max(599).default(451),
  delayMs: z.int().min(0).max(600_000).default(0),
  /** How many conversations it strikes. */
  times: z.int().min(1).default(1),
  /** How likely it strikes one it could strike. */
  chance: z.number().min(0).max(1).default(1),
})
export type Fault = z.infer<typeof Fault>

/** The faults that wait for their conversation. */
export function createFaults(random: () => number) {
  let waiting: { fault: Fault; left: number }[] = []
  return {
    add(fault: z.input<typeof Fault>): void {
      const parsed = Fault.parse(fault)
      waiting.push({ fault: parsed, left: parsed.times })
    },
    clear(): void {
      waiting = []
    },
    /** The faults that strike a step, each once. */
    strike(step: Step): readonly Fault[] {
      const struck = waiting.filter(({ fault }) => fault.at === step && random() < fault.chance)
      for (const entry of struck) entry.left -= 1
      waiting = waiting.filter(({ left }) => left > 0)
      return struck.map(({ fault }) => fault)
    },
  }
}
export type Faults = ReturnType<typeof createFaults>
