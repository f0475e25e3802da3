import { z } from 'zod'
import { permissions } from '../../platform/actor.ts'
import { text } from '../../platform/text.ts'
import { Email, PersonName, roles, userId } from '../user/index.ts'

/** The least that any configuration allows: what the shop asks for is said by `weak_password`. */
const MIN_PASSWORD = 8
const MAX_PASSWORD = 128

/** A password as it was typed: of any characters, neither trimmed nor cut. */
const Password = text(2 * MAX_PASSWORD)
/** A password to come. Characters are counted as people do, not in UTF-16 units. */
export const NewPassword = Password.refine((password) => {
  const { length } = [...password]
  return length >= MIN_PASSWORD && length <= MAX_PASSWORD
}, `must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`)

const LinkToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not the token of a link')

export const Register = z.strictObject({
  email: Email,
  password: NewPassword,
  name: PersonName.nullable().default(null),
})
export type Register = z.infer<typeof Register>

/** The same answer whether there was an account or not: the mail says the rest. */
export const CheckYourMail = z.object({ status: z.literal('check_your_mail') })
export type CheckYourMail = z.infer<typeof CheckYourMail>
export const checkYourMail: CheckYourMail = { status: 'check_your_mail' }

export const Done = z.object({ status: z.literal('done') })
export type Done = z.infer<typeof Done>
export const done: Done = { status: 'done' }

export const Login = z.strictObject({ email: Email, password: Password })
export type Login = z.infer<typeof Login>

export const MeView = z.object({
  id: userId.schema,
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
  emailVerified: z.boolean(),
})
export type MeView = z.infer<typeof MeView>

export const Nothing = z.strictObject({}).default({})
export type Nothing = z.infer<typeof Nothing>

export const ConfirmPassword = z.strictObject({ password: Password })
export type ConfirmPassword = z.infer<typeof ConfirmPassword>

export const ChangePassword = z.strictObject({ currentPassword: Password, newPassword: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

export const RequestPasswordReset = z.strictObject({ email: Email })
export type RequestPasswordReset = z.infer<typeof RequestPasswordReset>

export const ResetPassword = z.strictObject({ token: LinkToken, newPassword: NewPassword })
export type ResetPassword = z.infer<typeof ResetPassword>

export const FollowLink = z.strictObject({ token: LinkToken })
export type FollowLink = z.infer<typeof FollowLink>

export const RequestEmailChange = z.strictObject({ newEmail: Email, password: Password })
export type RequestEmailChange = z.infer<typeof RequestEmailChange>

export const SessionRef = z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/, 'is not the id of a session') })
export type SessionRef = z.infer<typeof SessionRef>

export const SessionView = z.object({
  id: z.string(),
  createdAt: z.date(),
  /** When it ends if it is not used any more. */
  expiresAt: z.date(),
  /** Whether this call was made under it. */
  current: z.boolean(),
})
export type SessionView = z.infer<typeof SessionView>

/** At most 20: a further one ends the oldest. */
export const Sessions = z.object({ rows: z.array(SessionView) })
export type Sessions = z.infer<typeof Sessions>

export const Ended = z.object({ ended: z.int() })
export type Ended = z.infer<typeof Ended>

export const CreateAdmin = z.strictObject({
  email: Email,
  password: NewPassword,
  name: PersonName.nullable().default(null),
})
export type CreateAdmin = z.infer<typeof CreateAdmin>
