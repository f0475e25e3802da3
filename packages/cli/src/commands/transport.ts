import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '@barrow/api/runtime'
import { initTransport } from '@barrow/worker/init-transport'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { type Io, say } from '../io.ts'
import { readSettings } from '../settings.ts'
import { type Caller, withShop } from '../shop.ts'

const LOOK_MS = 1_000
const names: Readonly<Record<Config['transport']['kind'], string>> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  kafka: 'Kafka',
}

export const transportCommand: MakeCommand = (io) => {
  const transport = new Command('transport').description('Looks after what carries events, as TRANSPORT says.')

  transport
    .command('init')
    .description('Makes what events travel on: topics, their partitions and how long they keep. Safe to run again.')
    .action(async () => void (await init(io)))

  transport
    .command('move')
    .description('Makes another transport ready, and waits until all is done that was on its way by the one before.')
    .action(async () => {
      const name = await init(io)
      say(
        io.err,
        `Start the workers anew with these settings, one after the other: until then they use the one before.`,
      )
      const done = await withShop(io, ({ caller }) => allDone(io, caller))
      if (done) say(io.out, `What was on its way before is done; from now on ${name} alone carries events.`)
    })
  return transport
}

async function init(io: Io): Promise<string> {
  const config = await readSettings(io)
  const name = names[config.transport.kind]
  const topics = await initTransport(config).catch((error: unknown) => {
    throw new CommandError(`Events cannot travel by ${name}: ${error instanceof Error ? error.message : String(error)}`)
  })
  say(io.out, `Events can travel by ${name}: ${topics.join(', ')}.`)
  return name
}

/**
 * Waits for what was published before. What has failed is in the inbox, and no longer on its way by anything. False when
 * it was told not to wait any longer.
 */
async function allDone(io: Io, caller: Caller): Promise<boolean> {
  const interrupted = io.interrupted()
  for (const beganAt = performance.now(); !interrupted.aborted; ) {
    const { relay, consumers, workers } = await caller.event.queues()
    const elapsed = (performance.now() - beganAt) / 1_000
    const older = (ageSeconds: number | null) => (ageSeconds ?? 0) > elapsed
    // What waits for a consumer that no worker has any more is on its way by nothing.
    const run = consumers.filter((consumer) => workers === 0 || consumer.workers > 0)
    const waiting = run.filter(({ depth, failing, ageSeconds }) => depth > failing && older(ageSeconds))
    if (waiting.length === 0 && !(relay.unsent > 0 && older(relay.ageSeconds))) return true
    const depths = waiting.map(({ name, depth, failing }) => `, ${name} has ${depth - failing}`)
    const nobody = workers === 0 ? ' No worker is alive to do it.' : ''
    say(io.err, `Still on their way: ${relay.unsent} in the outbox${depths.join('')}.${nobody}`)
    await sleep(LOOK_MS, undefined, { signal: interrupted }).catch(() => {})
  }
  return false
}
