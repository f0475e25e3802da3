import { Command, CommanderError } from 'commander'
import { createAdminCommand } from './commands/create-admin.ts'
import { demoCommand } from './commands/demo.ts'
import { eventsCommand } from './commands/events.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { migrateCommand } from './commands/migrate.ts'
import { proveCommand } from './commands/prove.ts'
import { queuesCommand } from './commands/queues.ts'
import { resetTotpCommand } from './commands/reset-totp.ts'
import { searchCommand } from './commands/search.ts'
import { transportCommand } from './commands/transport.ts'
import { failureOf } from './failure.ts'
import { type Io, say } from './io.ts'

/** Every command, in the order in which help shows them. */
const commands = [
  migrateCommand,
  createAdminCommand,
  resetTotpCommand,
  importCommand,
  exportCommand,
  proveCommand,
  queuesCommand,
  eventsCommand,
  transportCommand,
  searchCommand,
  demoCommand,
]

/** Runs one command line and answers the status to exit with: 0 done, 1 failed, 2 called wrongly, 78 not configured. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let status = 0
  const finish = (code: number) => {
    status = code
  }
  const program = new Command('barrow')
    .description('Works on a shop from the command line, through the same procedures as everybody.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out.write(text), writeErr: (text) => io.err.write(text) })
    .showHelpAfterError('Try --help.')
  for (const command of commands) program.addCommand(inherited(command(io, finish), program))
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    // A reader that had enough (`| head`) is no failure.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
    const failure = failureOf(error)
    say(io.err, failure.line)
    return failure.status
  }
}

/** Commands made on their own take over how the program writes and ends. */
function inherited(command: Command, program: Command): Command {
  command.copyInheritedSettings(program)
  for (const below of command.commands) inherited(below, command)
  return command
}
