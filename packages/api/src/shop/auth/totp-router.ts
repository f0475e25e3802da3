import type { TRPCRouterRecord } from '@trpc/server'
import { mutation, query } from '../../platform/trpc.ts'
import { confirmTotp, disableTotp, enrolTotp, renewRecoveryCodes, totpStatus } from './authenticator.ts'
import { challengeInvalid, codeRequired, totpEnabled, totpNotBegun, wrongCode, wrongPassword } from './errors.ts'
import { verifyTotp } from './login.ts'
import {
  ConfirmTotp,
  Done,
  EnrolTotp,
  MeView,
  Nothing,
  ProveTwice,
  RecoveryCodes,
  TotpSecret,
  TotpStatus,
  VerifyTotp,
} from './schema.ts'

/** The part of `auth` about the second factor. Each hands out a secret or a session, or asks for a password before its work. */
export const totpRouter = {
  verifyTotp: mutation(
    {
      access: 'public',
      rest: 'POST /auth/login/code',
      summary: 'Goes on with a login that answered `mfa_required`, by the code of the app or a recovery code.',
      input: VerifyTotp,
      output: MeView,
      limit: 'code',
      errors: [challengeInvalid, wrongCode],
      repeat: 'never',
      transaction: 'own',
    },
    verifyTotp,
  ),
  totpStatus: query(
    {
      access: 'user',
      beforeMfa: true,
      rest: 'GET /me/totp',
      summary: 'Whether you sign in with an authenticator app.',
      input: Nothing,
      output: TotpStatus,
    },
    totpStatus,
  ),
  enrolTotp: mutation(
    {
      access: 'user',
      beforeMfa: true,
      rest: 'POST /me/totp',
      summary: 'Makes the secret that an authenticator app is told, shown this once; it counts once confirmed.',
      input: EnrolTotp,
      output: TotpSecret,
      limit: 'login',
      errors: [wrongPassword, totpEnabled],
      repeat: 'never',
      transaction: 'own',
    },
    enrolTotp,
  ),
  confirmTotp: mutation(
    {
      access: 'user',
      beforeMfa: true,
      rest: 'POST /me/totp/confirmations',
      summary:
        'Puts the app to use by its first code, shows the recovery codes this once, and ends every other session.',
      input: ConfirmTotp,
      output: RecoveryCodes,
      limit: 'code',
      errors: [wrongCode, totpEnabled, totpNotBegun],
      repeat: 'never',
      transaction: 'own',
    },
    confirmTotp,
  ),
  disableTotp: mutation(
    {
      access: 'user',
      rest: 'POST /me/totp/removals -> 204',
      summary: 'Signs in without the app from now on, and ends every other session.',
      input: ProveTwice,
      output: Done,
      limit: 'login',
      errors: [wrongPassword, codeRequired, wrongCode],
      repeat: 'never',
      transaction: 'own',
    },
    disableTotp,
  ),
  renewRecoveryCodes: mutation(
    {
      access: 'user',
      rest: 'POST /me/recovery-codes',
      summary: 'Makes ten new recovery codes, shown this once; the old ones are void.',
      input: ProveTwice,
      output: RecoveryCodes,
      limit: 'login',
      errors: [wrongPassword, codeRequired, wrongCode, totpNotBegun],
      repeat: 'never',
      transaction: 'own',
    },
    renewRecoveryCodes,
  ),
} satisfies TRPCRouterRecord
