import { createAdmin } from '@barrow/api/auth'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { say } from '../io.ts'
import { readPassword } from '../password.ts'
import { withShop } from '../shop.ts'

interface Options {
  email: string
  name?: string
  passwordStdin?: boolean
}

export const createAdminCommand: MakeCommand = (io) =>
  new Command('create-admin')
    .description('Makes an admin who can sign in at once. Asks for the password, or reads it from standard input.')
    .requiredOption('--email <address>')
    .option('--name <name>')
    .option('--password-stdin', 'take the first line of standard input, without asking')
    .action(async ({ email, name, passwordStdin = false }: Options) => {
      const password = await readPassword(io, passwordStdin)
      await withShop(io, async (shop) => {
        const { id } = await createAdmin(shop.context('create-admin'), { email, password, name: name ?? null })
        say(io.out, `${email} is an admin (${id}).`)
        if (shop.config.accounts.requireMfa) say(io.out, 'An authenticator app comes first: sign in and enrol one.')
      })
    })
