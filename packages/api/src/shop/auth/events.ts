import { z } from 'zod'
import { defineEvent } from '../../platform/event-contract.ts'
import { userId } from '../user/index.ts'
import { linkId } from './entity.ts'

const ofUser = z.object({ userId: userId.schema })
const ofLink = z.object({ userId: userId.schema, linkId: linkId.schema })

/** A new account: its welcome carries the link that verifies the address. */
export const Registered = defineEvent('auth.registered', 1, ofLink)
/** Somebody registered with an address that has an account: its owner is told. */
export const AlreadyRegistered = defineEvent('auth.already_registered', 1, ofUser)
export const Invited = defineEvent('auth.invited', 1, ofLink)
/** Published for every address somebody types: the link exists only where an account does. */
export const PasswordResetRequested = defineEvent(
  'auth.password_reset_requested',
  1,
  z.object({ linkId: linkId.schema }),
)
/** Somebody on the staff signed in with a password too short for it: the link lets them choose another. */
export const PasswordOutgrown = defineEvent('auth.password_outgrown', 1, ofLink)
export const PasswordChanged = defineEvent('auth.password_changed', 1, ofUser)
export const EmailVerificationRequested = defineEvent('auth.email_verification_requested', 1, ofLink)
export const EmailVerified = defineEvent('auth.email_verified', 1, ofUser)
/** The link goes to the new address, a notice to the old one. */
export const EmailChangeRequested = defineEvent('auth.email_change_requested', 1, ofLink)
/** The old address, which the link keeps, is told. */
export const EmailChanged = defineEvent('auth.email_changed', 1, ofLink)

/** From now on a code is asked for at every login. */
export const TotpEnabled = defineEvent('auth.totp_enabled', 1, ofUser)
export const TotpDisabled = defineEvent('auth.totp_disabled', 1, ofUser.extend({ by: z.enum(['owner', 'admin']) }))
/** Somebody signed in with a recovery code; so many are left. */
export const RecoveryCodeUsed = defineEvent('auth.recovery_code_used', 1, ofUser.extend({ left: z.int() }))

export const authEvents = [
  Registered,
  AlreadyRegistered,
  Invited,
  PasswordResetRequested,
  PasswordOutgrown,
  PasswordChanged,
  EmailVerificationRequested,
  EmailVerified,
  EmailChangeRequested,
  EmailChanged,
  TotpEnabled,
  TotpDisabled,
  RecoveryCodeUsed,
] as const
