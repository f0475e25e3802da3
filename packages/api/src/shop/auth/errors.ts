import { z } from 'zod'
import { conflict, forbidden, invalid, notFound, unauthenticated } from '../../platform/errors.ts'

/** One answer for an unknown address, a wrong password and a disabled account: it tells a stranger nothing. */
export const wrongCredentials = unauthenticated('wrong_credentials', 'The e-mail address or the password is wrong.')
/** Of somebody on the staff whose password was chosen as a customer. */
export const passwordOutgrown = forbidden(
  'password_outgrown',
  'Your account needs a longer password by now. The link to choose one is in your mail.',
  z.object({ minimum: z.int() }),
)
/** The password was right; `auth.verifyTotp` goes on from here. `challenge` is good for one login. */
export const mfaRequired = unauthenticated(
  'mfa_required',
  'Enter the code of your authenticator app.',
  z.object({ challenge: z.string(), expiresAt: z.date() }),
)
export const challengeInvalid = unauthenticated('challenge_invalid', 'This login took too long. Sign in anew.')
export const codeRequired = invalid('code_required', 'Enter the code of your authenticator app as well.')
export const wrongCode = invalid('wrong_code', 'This code is wrong, or was used already.')
export const totpEnabled = conflict('totp_enabled', 'An authenticator app is in use already.')
export const totpNotBegun = conflict('totp_not_begun', 'No authenticator app is in use.')
export const wrongPassword = invalid('wrong_password', 'The password is wrong.')
export const weakPassword = invalid(
  'weak_password',
  'Choose another password.',
  z.object({
    /** `too_close`: made of the account's own address, or of the shop's name. `leaked`: known from a breach elsewhere. */
    problem: z.enum(['too_short', 'too_common', 'too_close', 'leaked']),
    /** The fewest characters a password of this account may have. */
    minimum: z.int(),
  }),
)
export const linkInvalid = invalid('link_invalid', 'This link is used up or expired. Ask for a new one.')
export const sessionNotFound = notFound('session_not_found', 'There is no such session.')
export const keyNotFound = notFound('key_not_found', 'There is no such API key.')
