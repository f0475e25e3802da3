import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import * as idempotency from '../../platform/idempotency.ts'
import { publish } from '../../platform/outbox.ts'
import { inTransaction } from '../../platform/transaction.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { AlreadyRegistered, Registered } from './events.ts'
import * as links from './links.ts'
import { type CheckYourMail, checkYourMail, type Register } from './schema.ts'
import { checkStrength } from './strength.ts'

/**
 * Makes an account, or tells the owner of the address that they have one: by mail, so that the answer gives nothing away,
 * and with the same statements either way. What is written for an account that was not made meets no row.
 */
export async function register(ctx: Context, input: Register): Promise<CheckYourMail> {
  checkStrength(input.password, { email: input.email, role: 'customer' })
  // Before the transaction: hashes wait their turn, and must not hold a connection meanwhile.
  const hash = await ctx.passwords.hash(input.password)
  return inTransaction(ctx, async (ctx) => {
    const begun = await idempotency.begin(ctx, input)
    if (begun.state !== 'new') return checkYourMail
    const { id, owner } = await user.claim(ctx, { email: input.email, name: input.name, role: 'customer' })
    await credentials.set(ctx, id, hash)
    const linkId = await links.issue(ctx, id, 'verify_email')
    if (owner === null) await publish(ctx, Registered, id, { userId: id, linkId })
    else await publish(ctx, AlreadyRegistered, owner, { userId: owner })
    audit(ctx, { subject: owner ?? id, after: { registered: owner === null } })
    await idempotency.keep(ctx, checkYourMail)
    return checkYourMail
  })
}
