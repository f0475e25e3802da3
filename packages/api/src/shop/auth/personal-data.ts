import { z } from 'zod'
import { pageInput, pageOf } from '../../platform/pages.ts'
import { AddressView } from '../address/index.ts'
import { KeptCart } from '../cart/index.ts'
import { KeptOrder } from '../order/index.ts'
import { UserView, userId } from '../user/index.ts'
import { AuditView } from './audit-log.ts'
import { linkPurposes } from './entity.ts'
import { KeyView } from './key-schema.ts'

const KeptAccount = UserView.extend({
  passwordChangedAt: z.date().nullable(),
  /** Since when an authenticator app is asked for a code. */
  totpSince: z.date().nullable(),
})

const KeptSession = z.object({ startedAt: z.date(), expiresAt: z.date() })

/** A letter with a link that was asked for. */
const KeptLink = z.object({
  purpose: z.enum(linkPurposes),
  newEmail: z.string().nullable(),
  oldEmail: z.string().nullable(),
  createdAt: z.date(),
  usedAt: z.date().nullable(),
})

/** What somebody did, or had done to their account. Who else did it is their own business. */
const KeptDeed = AuditView.pick({ at: true, action: true, subject: true, before: true, after: true })

/** One thing the shop keeps about a person. */
export const PersonalDatum = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), account: KeptAccount }),
  z.object({ kind: z.literal('address'), address: AddressView }),
  z.object({ kind: z.literal('cart'), cart: KeptCart }),
  z.object({ kind: z.literal('order'), order: KeptOrder }),
  z.object({ kind: z.literal('session'), session: KeptSession }),
  z.object({ kind: z.literal('link'), link: KeptLink }),
  z.object({ kind: z.literal('api_key'), key: KeyView }),
  z.object({ kind: z.literal('deed'), deed: KeptDeed }),
])
export type PersonalDatum = z.infer<typeof PersonalDatum>

export const PersonalData = pageOf(PersonalDatum)

export const ExportMine = z.strictObject(pageInput)
export type ExportMine = z.infer<typeof ExportMine>

export const ExportUser = z.strictObject({ id: userId.schema, ...pageInput })
export type ExportUser = z.infer<typeof ExportUser>
