import type { TRPCRouterRecord } from '@trpc/server'
import { mutation, query } from '../../platform/trpc.ts'
import * as user from '../user/index.ts'
import { confirmPassword } from './authenticator.ts'
import { confirmEmailChange, requestEmailChange, requestEmailVerification, verifyEmail } from './email.ts'
import {
  codeRequired,
  linkInvalid,
  mfaRequired,
  passwordOutgrown,
  sessionNotFound,
  weakPassword,
  wrongCode,
  wrongCredentials,
  wrongPassword,
} from './errors.ts'
import { login, logout } from './login.ts'
import { me } from './me.ts'
import { changePassword, requestPasswordReset, resetPassword } from './password.ts'
import { register } from './register.ts'
import {
  ChangePassword,
  CheckYourMail,
  ConfirmPassword,
  Done,
  Ended,
  FollowLink,
  Login,
  MeView,
  Nothing,
  Register,
  RequestEmailChange,
  RequestPasswordReset,
  ResetPassword,
  SessionRef,
  Sessions,
} from './schema.ts'
import { list, revoke, revokeOthers } from './sessions.ts'
import { signedIn } from './signed-in.ts'

export const authRouter = {
  register: mutation(
    {
      access: 'public',
      rest: 'POST /auth/register -> 202',
      summary:
        'Makes a customer account. The answer is the same when the address has one already; the mail says which.',
      input: Register,
      output: CheckYourMail,
      limit: { policy: 'mail', of: ({ email }) => user.emailKey(email) },
      // The address is taken, or nobody’s, only where REVEAL_ACCOUNTS says that answers may tell.
      errors: [weakPassword, user.emailTaken],
      // Here and below: passwords are hashed before the transaction, and the verb keeps its key itself.
      transaction: 'own',
    },
    register,
  ),
  login: mutation(
    {
      access: 'public',
      rest: 'POST /auth/login',
      summary: 'Begins a session, handed back as a cookie or the Barrow-Session header.',
      input: Login,
      output: MeView,
      limit: 'login',
      errors: [wrongCredentials, passwordOutgrown, mfaRequired],
      repeat: 'never',
      transaction: 'own',
    },
    login,
  ),
  logout: mutation(
    {
      access: 'public',
      rest: 'POST /auth/logout -> 204',
      summary: 'Ends the session of this call.',
      input: Nothing,
      output: Done,
      repeat: 'never',
    },
    logout,
  ),
  me: query(
    { access: 'user', beforeMfa: true, rest: 'GET /me', summary: 'Who is signed in.', input: Nothing, output: MeView },
    (ctx) => me(ctx, signedIn(ctx).userId),
  ),
  confirmPassword: mutation(
    {
      access: 'user',
      rest: 'POST /me/password-confirmations -> 204',
      summary: 'Proves anew who you are, for what needs a recent login; the session is replaced by a new one.',
      input: ConfirmPassword,
      output: Done,
      limit: 'login',
      errors: [wrongPassword, codeRequired, wrongCode],
      repeat: 'never',
      transaction: 'own',
    },
    confirmPassword,
  ),
  changePassword: mutation(
    {
      access: 'user',
      rest: 'PUT /me/password -> 204',
      summary: 'Replaces your password and ends your other sessions.',
      input: ChangePassword,
      output: Done,
      limit: 'login',
      errors: [wrongPassword, weakPassword],
      transaction: 'own',
    },
    changePassword,
  ),
  requestPasswordReset: mutation(
    {
      access: 'public',
      rest: 'POST /auth/password-reset-requests -> 202',
      summary: 'Mails a link to choose a new password, if the address has an account. The answer does not say.',
      input: RequestPasswordReset,
      output: CheckYourMail,
      limit: { policy: 'mail', of: ({ email }) => user.emailKey(email) },
      errors: [user.userNotFound],
    },
    requestPasswordReset,
  ),
  resetPassword: mutation(
    {
      access: 'public',
      rest: 'POST /auth/password-resets -> 204',
      summary: 'Sets a new password by a link of a reset or an invitation, and ends every session.',
      input: ResetPassword,
      output: Done,
      limit: 'code',
      errors: [linkInvalid, weakPassword],
      transaction: 'own',
    },
    resetPassword,
  ),
  requestEmailVerification: mutation(
    {
      access: 'user',
      rest: 'POST /me/email-verifications -> 202',
      summary: 'Mails a link that proves your address.',
      input: Nothing,
      output: CheckYourMail,
      limit: 'mail',
    },
    requestEmailVerification,
  ),
  verifyEmail: mutation(
    {
      access: 'public',
      rest: 'POST /auth/email-verifications -> 204',
      summary: 'Marks an address as proved, by its link.',
      input: FollowLink,
      output: Done,
      limit: 'code',
      errors: [linkInvalid],
    },
    verifyEmail,
  ),
  requestEmailChange: mutation(
    {
      access: 'user',
      rest: 'POST /me/email-changes -> 202',
      summary: 'Mails a link to a new address of yours, and a notice to the old one.',
      input: RequestEmailChange,
      output: CheckYourMail,
      limit: { policy: 'mail', of: ({ newEmail }) => user.emailKey(newEmail) },
      errors: [wrongPassword],
      transaction: 'own',
    },
    requestEmailChange,
  ),
  confirmEmailChange: mutation(
    {
      access: 'public',
      rest: 'POST /auth/email-changes -> 204',
      summary: 'Takes the new address over, by its link, and ends your other sessions.',
      input: FollowLink,
      output: Done,
      limit: 'code',
      errors: [linkInvalid, user.emailTaken],
    },
    confirmEmailChange,
  ),
  listSessions: query(
    {
      access: 'user',
      rest: 'GET /me/sessions',
      summary: 'Your sessions, newest first.',
      input: Nothing,
      output: Sessions,
    },
    list,
  ),
  revokeSession: mutation(
    {
      access: 'user',
      rest: 'DELETE /me/sessions/{id} -> 204',
      summary: 'Ends one of your sessions.',
      input: SessionRef,
      output: SessionRef,
      errors: [sessionNotFound],
    },
    revoke,
  ),
  revokeOtherSessions: mutation(
    {
      access: 'user',
      rest: 'DELETE /me/sessions',
      summary: 'Ends all your sessions but this one.',
      input: Nothing,
      output: Ended,
    },
    revokeOthers,
  ),
} satisfies TRPCRouterRecord
