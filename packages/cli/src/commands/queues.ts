import { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { MakeCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { say } from '../io.ts'
import { type Caller, withShop } from '../shop.ts'
import { table } from '../table.ts'

type Queues = Awaited<ReturnType<Caller['event']['queues']>>

export const queuesCommand: MakeCommand = (io, finish) =>
  new Command('queues')
    .description('Shows what each consumer of events has to do, has failed at and has given up.')
    .option(
      '--max-age <seconds>',
      'for monitoring: fail when something waits longer than this, or no worker is alive',
      wholeNumber,
    )
    .action(({ maxAge }: { maxAge?: number }) =>
      withShop(io, async ({ caller }) => {
        const queues = await caller.event.queues()
        for (const line of linesOf(queues)) say(io.out, line)
        const complaints = maxAge === undefined ? [] : complaintsOf(queues, maxAge)
        for (const complaint of complaints) say(io.err, complaint)
        if (complaints.length > 0) finish(exitCodes.failed)
      }),
    )

const headings = ['consumer', 'workers', 'depth', 'oldest', 'failing', 'dead']

const linesOf = ({ workers, relay, consumers }: Queues): string[] => [
  `${workers} ${workers === 1 ? 'worker is' : 'workers are'} alive.`,
  relay.unsent === 0
    ? 'Every event has left the outbox.'
    : `Not sent yet: ${relay.unsent} ${relay.unsent === 1 ? 'event' : 'events'}, the oldest for ${age(relay.ageSeconds)}.`,
  ...table(
    headings,
    consumers.map(({ name, workers, depth, ageSeconds, failing, dead }) => [
      name,
      workers,
      depth,
      age(ageSeconds),
      failing,
      dead,
    ]),
  ),
]

const age = (seconds: number | null) => (seconds === null ? '-' : `${Math.round(seconds)} s`)

/** What a monitor must tell somebody of. */
function complaintsOf({ workers, relay, consumers }: Queues, maxAge: number): string[] {
  const late = [{ name: 'the relay', ageSeconds: relay.ageSeconds }, ...consumers].filter(
    ({ ageSeconds }) => ageSeconds !== null && ageSeconds > maxAge,
  )
  return [
    ...(workers === 0 ? ['No worker is alive.'] : []),
    ...late.map(({ name, ageSeconds }) => `Something has waited ${age(ageSeconds)} for ${name}.`),
  ]
}
