import { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Exchange } from './exchange.ts'
import { Fault, type Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { Travel, type Webhooks } from './webhooks.ts'

const Command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('add_fault'), fault: Fault }),
  z.strictObject({ do: z.literal('clear_faults') }),
  z.strictObject({ do: z.literal('advance_clock'), seconds: z.int().min(0) }),
  z.strictObject({ do: z.literal('send_webhooks'), url: z.url(), secrets: z.array(z.string().min(1)).min(1).max(2) }),
  z.strictObject({ do: z.literal('travel'), travel: Travel }),
  z.strictObject({ do: z.literal('release_webhooks') }),
  z.strictObject({ do: z.literal('await_webhooks') }),
  z.strictObject({ do: z.literal('settle_refunds') }),
  z.strictObject({ do: z.literal('act'), intent: z.string(), outcome: z.enum(['authorised', 'declined']) }),
])
/** What can be told to a server from another process: `POST /_control` with one of these. */
export type Command = z.input<typeof Command>

/** What of a server others may turn and read. */
export interface Controlled {
  readonly ledger: Ledger
  readonly faults: Faults
  readonly clock: Clock
  readonly webhooks: Webhooks
  /** Every request to the API so far. */
  exchanges(): readonly Exchange[]
  /** What the buyer of an intent does at their bank. Raises an `ApiError` when there is nothing to do. */
  act(intentId: string, outcome: 'authorised' | 'declined'): void
  /** What the bank does later with refunds to `pm_card_pendingRefund` and `pm_card_refundFail`. */
  settleRefunds(): void
}

/** Does as told. Raises a `ZodError` for what is no command. */
export async function obey(server: Controlled, told: unknown): Promise<void> {
  const command = Command.parse(told)
  switch (command.do) {
    case 'add_fault':
      return server.faults.add(command.fault)
    case 'clear_faults':
      return server.faults.clear()
    case 'advance_clock':
      return server.clock.advance(command.seconds * 1_000)
    case 'send_webhooks':
      return server.webhooks.sendTo({ url: command.url, secrets: command.secrets })
    case 'travel':
      return server.webhooks.travel(command.travel)
    case 'release_webhooks':
      return server.webhooks.release()
    case 'await_webhooks':
      return server.webhooks.idle()
    case 'settle_refunds':
      return server.settleRefunds()
    case 'act':
      return server.act(command.intent, command.outcome)
  }
}

/** What another process may read: `GET /_control/ledger`, `/_control/exchanges`, `/_control/deliveries`. */
export function report(server: Controlled, name: string): unknown {
  if (name === 'ledger') return { entries: server.ledger.entries(), totals: server.ledger.totals() }
  if (name === 'exchanges') return server.exchanges()
  if (name === 'deliveries') return server.webhooks.deliveries()
  return undefined
}
