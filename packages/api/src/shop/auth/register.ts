import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { publish } from '../../platform/outbox.ts'
import * as user from '../user/index.ts'
import * as credentials from './credentials.ts'
import { AlreadyRegistered, Registered } from './events.ts'
import * as links from './links.ts'
import { once } from './once.ts'
import { type CheckYourMail, checkYourMail, type Register } from './schema.ts'
import { hashNew } from './strength.ts'

/**
 * Makes an account, or tells the owner of the address that they have one: by mail, so that the answer gives nothing away,
 * and with the same statements either way. What is written for an account that was not made meets no row.
 */
export async function register(ctx: Context, input: Register): Promise<CheckYourMail> {
  const hash = await hashNew(ctx, input.password, { email: input.email, role: 'customer' })
  return once(ctx, input, checkYourMail, async (ctx) => {
    const { id, owner } = await user.claim(ctx, { email: input.email, name: input.name, role: 'customer' })
    if (owner !== null && ctx.config.accounts.reveal) throw user.emailTaken()
    await credentials.set(ctx, id, hash)
    const linkId = await links.issue(ctx, id, 'verify_email')
    if (owner === null) await publish(ctx, Registered, id, { userId: id, linkId })
    else await publish(ctx, AlreadyRegistered, owner, { userId: owner })
    audit(ctx, { subject: owner ?? id, after: { registered: owner === null } })
  })
}
