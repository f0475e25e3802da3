import { migrate } from '@barrow/worker/migrate'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { say } from '../io.ts'
import { readDatabaseSettings } from '../settings.ts'
import { databaseOf } from '../shop.ts'

export const migrateCommand: MakeCommand = (io) =>
  new Command('migrate')
    .description("Brings the database to this version's schema. Safe to run twice, and at the same moment.")
    .action(async () => {
      const { url, ownerUrl } = await readDatabaseSettings(io)
      await migrate(ownerUrl, url).catch((error: unknown) => {
        throw new CommandError(`The database at ${databaseOf(ownerUrl)} could not be migrated: ${String(error)}`)
      })
      say(io.out, 'The database is up to date.')
    })
