import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { say } from '../io.ts'
import { type Caller, withShop } from '../shop.ts'

export const resetTotpCommand: MakeCommand = (io) =>
  new Command('reset-totp')
    .description(
      'Takes the authenticator app of an account away, whose owner has lost it and all recovery codes, and signs it out.',
    )
    .requiredOption('--email <address>')
    .action(({ email }: { email: string }) =>
      withShop(io, async ({ caller }) => {
        const id = await accountOf(caller, email)
        await caller.user.resetTotp({ id })
        say(io.out, `${email} (${id}) signs in by password alone until they enrol an app again.`)
      }),
    )

async function accountOf(caller: Caller, email: string): Promise<`user_${string}`> {
  const wanted = email.trim().toLowerCase()
  let cursor: string | undefined
  do {
    const { rows, next } = await caller.user.list({ text: wanted, limit: 100, ...(cursor !== undefined && { cursor }) })
    const account = rows.find((row) => row.email?.toLowerCase() === wanted)
    if (account !== undefined) return account.id
    cursor = next ?? undefined
  } while (cursor !== undefined)
  throw new CommandError(`There is no account of ${email}.`)
}
