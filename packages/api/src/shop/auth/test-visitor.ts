import type { TestShop } from '@barrow/dev/test-shop'
import { codeOf } from '@barrow/dev/test-totp'
import { createContext } from '../../platform/context.ts'
import { newRequestId } from '../../platform/ids.ts'
import { createCallerFactory } from '../../platform/trpc.ts'
import { appRouter } from '../../runtime.ts'
import { authenticate } from './authenticate.ts'
import type { LinkId, LinkPurpose } from './entity.ts'
import { mfaRequired } from './errors.ts'
import { linkMail } from './links.ts'

const callerFactory = createCallerFactory(appRouter)

/** Somebody with a browser: keeps the credentials they are given, and is asked who they are at every call. */
export function visitor(shop: TestShop, held: { session?: string | null; guest?: string | null } = {}) {
  const keeps = { session: held.session ?? null, guest: held.guest ?? null }
  const call = callerFactory(async () =>
    createContext(shop.runtime, {
      actor: await authenticate(shop.runtime, { ...keeps, cookies: false }),
      requestId: newRequestId(),
      credentials: {
        setSession: (token) => {
          keeps.session = token
        },
        setGuest: (token) => {
          keeps.guest = token
        },
      },
    }),
  )
  return { call, keeps }
}

let people = 0
export const PASSWORD = 'an apple a day, they say'

/** A new customer, signed in. */
export async function customer(shop: TestShop, email = `person-${people++}@example.com`, name = 'Robin Reed') {
  const { call, keeps } = visitor(shop)
  await call.auth.register({ email, password: PASSWORD, name })
  const me = await call.auth.login({ email, password: PASSWORD })
  return { call, keeps, email, id: me.id }
}

/** An account that the shop's own programs made, signed in. */
export async function colleague(
  shop: TestShop,
  account: { role: 'staff' | 'admin'; permissions?: Parameters<TestShop['staff']> },
) {
  const email = `colleague-${people++}@example.com`
  const { id } = await shop.system.user.create({ email, ...account })
  const { call, keeps } = visitor(shop)
  const { token } = await mailTo(shop, email, 'invitation')
  await call.auth.resetPassword({ token, newPassword: PASSWORD })
  await call.auth.login({ email, password: PASSWORD })
  return { call, keeps, email, id }
}

/** Has somebody enrol an authenticator app. Its codes of steps gone by are used up: the next one is `codeOf(secret, 1)`. */
export async function enrol({ call }: Pick<ReturnType<typeof visitor>, 'call'>) {
  const { secret } = await call.auth.enrolTotp({ password: PASSWORD })
  const { recoveryCodes } = await call.auth.confirmTotp({ code: codeOf(secret) })
  return { secret, recoveryCodes }
}

/** The first step of a login with an app: the challenge that the second goes on from. */
export async function challengeFor(shop: TestShop, email: string, password = PASSWORD) {
  const { call, keeps } = visitor(shop)
  const refused = await call.auth.login({ email, password }).catch((error: unknown) => error)
  const details = mfaRequired.details.parse(Object(Object(refused).cause).details)
  return { call, keeps, ...details }
}

/** Lets an app's codes be used again, as if time had passed. */
export const letTimePass = (shop: TestShop, userId: string) =>
  sql(shop, 'update totp set last_step = 0 where user_id = ?', [userId])

/** What the newest link to an address would be mailed with. */
export async function mailTo(shop: TestShop, email: string, purpose: LinkPurpose) {
  const [link] = await sql<{ id: LinkId }>(
    shop,
    `select l.id from link l join "user" u on u.id = l.user_id
     where coalesce(l.new_email, u.email) = ? and l.purpose = ? order by l.id desc limit 1`,
    [email, purpose],
  )
  const mail = link && (await linkMail(contextOf(shop), link.id))
  if (!mail) throw new Error(`there is no ${purpose} link for ${email}`)
  return mail
}

export const contextOf = (shop: TestShop) =>
  createContext(shop.runtime, {
    actor: { kind: 'system', name: 'test' },
    requestId: newRequestId(),
    credentials: { setSession: () => {}, setGuest: () => {} },
  })

export const sql = <T>(shop: TestShop, query: string, params: unknown[] = []): Promise<T[]> =>
  shop.runtime.orm.em.fork().execute(query, params)

/** The names of the events published since the last time somebody asked. */
export function eventLog(shop: TestShop) {
  const seen: string[] = []
  return async () => {
    const rows = await sql<{ id: string; name: string; payload: { userId?: string; linkId?: string } }>(
      shop,
      `select id, name, payload from outbox_event where id <> all (string_to_array(?, ' ')) order by occurred_at, key, sequence`,
      [seen.join(' ')],
    )
    seen.push(...rows.map(({ id }) => id))
    return rows
  }
}

/** How many of these calls succeeded, and why the others did not. */
export async function outcomes(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls)
  const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason?.cause?.reason)] : []))
  return { succeeded: settled.length - reasons.length, reasons: [...new Set(reasons)] }
}
