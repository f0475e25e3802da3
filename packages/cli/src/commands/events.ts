import { type EventId, eventId } from '@barrow/api/work'
import { forgetConsumer } from '@barrow/worker/init-transport'
import { Command, InvalidArgumentError } from 'commander'
import { moment, wholeNumber } from '../arguments.ts'
import type { MakeCommand } from '../command.ts'
import { UsageError } from '../failure.ts'
import { say } from '../io.ts'
import { type Caller, withShop } from '../shop.ts'
import { tail } from '../tail.ts'

type DeadLetter = Awaited<ReturnType<Caller['event']['deadLetters']>>['rows'][number]

interface Which {
  consumer?: string
  name?: string
}

export const eventsCommand: MakeCommand = (io) => {
  const events = new Command('events').description('Follows events, and has consumers act on them again.')

  events
    .command('tail')
    .description('Writes a line for each event as it happens, until Ctrl-C: when, what, of what, and its id.')
    .option('--name <name>', 'only events of this name')
    .option('--lines <count>', 'how many of the past to begin with, up to 100', wholeNumber, 10)
    .action((options: { name?: string; lines: number }) =>
      withShop(io, async ({ caller, runtime }) => {
        const names = runtime.catalogue.map(({ name }) => name)
        if (options.name !== undefined && !names.includes(options.name))
          throw new UsageError(`No event is called ${options.name}. There are: ${[...new Set(names)].join(', ')}.`)
        const interrupted = io.interrupted()
        for await (const event of tail(caller, options, interrupted)) {
          say(io.out, `${event.occurredAt.toISOString()} ${event.name} ${event.key} #${event.sequence} ${event.id}`)
        }
      }),
    )

  events
    .command('dead')
    .description('Lists what consumers have given up, with the error, the newest events first.')
    .option('--consumer <name>', 'only what this consumer gave up')
    .option('--name <name>', 'only events of this name')
    .option('--limit <count>', 'how many at most', wholeNumber, 100)
    .action(({ limit, ...which }: Which & { limit: number }) =>
      withShop(io, async ({ caller }) => {
        let left = limit
        for (let cursor: string | null | undefined; cursor !== null && left > 0; ) {
          const page = await caller.event.deadLetters({
            ...which,
            limit: Math.min(left, 100),
            ...(cursor && { cursor }),
          })
          for (const letter of page.rows) say(io.out, lineOf(letter))
          left -= page.rows.length
          cursor = page.next
        }
      }),
    )

  events
    .command('redrive')
    .description('Has consumers try again what they gave up: one event, or those of a consumer or a name.')
    .argument('[event]', 'the id of an event', anEventId)
    .option('--consumer <name>', 'only what this consumer gave up')
    .option('--name <name>', 'only events of this name')
    .action((id: EventId | undefined, which: Which) =>
      withShop(io, async ({ caller }) => {
        const chosen = { ...(id !== undefined && { eventId: id }), ...which }
        if (Object.keys(chosen).length === 0) throw new UsageError('Name an event, or say --consumer or --name.')
        const { redriven, more } = await caller.event.redrive(chosen)
        say(io.out, `${redriven} ${redriven === 1 ? 'event is' : 'events are'} tried again.`)
        if (more) say(io.err, 'There are more like them: run this again.')
      }),
    )

  events
    .command('replay')
    .description('Hands stored events to one consumer again, which must allow it. Each acts once more, in order.')
    .argument('<consumer>')
    .option('--name <name>', 'only events of this name')
    .option('--key <id>', 'only events of this aggregate')
    .option('--from <moment>', 'only events from this moment on', moment)
    .option('--until <moment>', 'only events before this moment', moment)
    .action((consumer: string, filters: { name?: string; key?: string; from?: Date; until?: Date }) =>
      withShop(io, async ({ caller }) => {
        let [count, number] = [0, 0]
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const answer = await caller.event.replay({ consumer, ...filters, ...(cursor && { cursor }) })
          count += answer.events
          number = answer.replay
          cursor = answer.next
        }
        say(io.out, `Replay ${number} of ${consumer}: ${count} ${count === 1 ? 'event' : 'events'}.`)
      }),
    )

  events
    .command('retire')
    .description(
      'Forgets a consumer that no worker has any more, with its queue, what waits for it and what it gave up.',
    )
    .argument('<consumer>')
    .action((consumer: string) =>
      withShop(io, async ({ caller, runtime }) => {
        let [waited, known] = [0, 0]
        for (let more = true; more; ) {
          const answer = await caller.event.retire({ consumer })
          waited += answer.discarded
          known += answer.forgotten
          more = answer.more
        }
        const events = `${waited} ${waited === 1 ? 'event' : 'events'}`
        say(
          io.out,
          `${consumer} is forgotten: it knew of ${known}, and ${events} still waited for it or were given up.`,
        )
        await forgetConsumer(runtime.config, consumer).catch((error: unknown) =>
          say(io.err, `What word of them travelled on could not be removed, and does no harm: ${String(error)}`),
        )
      }),
    )
  return events
}

function lineOf({ eventId, consumer, replay, name, key, sequence, attempts, since, error }: DeadLetter): string {
  const who = replay === 0 ? consumer : `${consumer} (replay ${replay})`
  // One line for one event, whatever its error says.
  const why = (error ?? '').replaceAll(/\s+/g, ' ')
  return `${since.toISOString()} ${eventId} ${who} ${name} ${key} #${sequence} after ${attempts} tries: ${why}`
}

function anEventId(text: string): EventId {
  const parsed = eventId.schema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('must be the id of an event')
  return parsed.data
}
