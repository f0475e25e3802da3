import { z } from 'zod'
import { permissions } from '../../platform/actor.ts'
import { line, text } from '../../platform/text.ts'
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

/** The six digits of an authenticator app. */
const TotpCode = line(20)
  .transform((text) => text.replaceAll(/\s/g, ''))
  .refine((code) => /^[0-9]{6}$/.test(code), 'must have six digits')

/** The six digits of an authenticator app, or a recovery code, with or without the blanks and dashes of either. */
const Code = line(40)
  .transform((text) => text.replaceAll(/[\s-]/g, '').toLowerCase())
  .refine((code) => /^([0-9]{6}|[0-9a-z]{16})$/.test(code), 'is neither the code of an app nor a recovery code')

export const VerifyTotp = z.strictObject({
  challenge: z.string().regex(/^bc_[A-Za-z0-9_-]{43}$/, 'is not the challenge of a login'),
  code: Code,
})
export type VerifyTotp = z.infer<typeof VerifyTotp>

export const EnrolTotp = z.strictObject({ password: Password })
export type EnrolTotp = z.infer<typeof EnrolTotp>

/** `uri` is what a QR code for the app holds; `secret` is for typing it in. Shown this once. */
export const TotpSecret = z.object({ secret: z.string(), uri: z.string() })
export type TotpSecret = z.infer<typeof TotpSecret>

export const ConfirmTotp = z.strictObject({ code: TotpCode })
export type ConfirmTotp = z.infer<typeof ConfirmTotp>

/** Each signs in once, in place of the app. Shown this once. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

export const TotpStatus = z.object({
  enabled: z.boolean(),
  /** Whether the shop lets its staff do nothing without it. */
  required: z.boolean(),
  recoveryCodesLeft: z.int(),
})
export type TotpStatus = z.infer<typeof TotpStatus>

export const ProveTwice = z.strictObject({ password: Password, code: Code })
export type ProveTwice = z.infer<typeof ProveTwice>

/** `code` is asked of whoever has an authenticator app. */
export const ConfirmPassword = z.strictObject({ password: Password, code: Code.optional() })
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
