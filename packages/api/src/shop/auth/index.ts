export { createAdmin } from './accounts.ts'
export { authenticate } from './authenticate.ts'
export { ApiKeySchema, CredentialSchema, Link, type LinkId, LinkSchema, SessionSchema } from './entity.ts'
export {
  AlreadyRegistered,
  authEvents,
  EmailChanged,
  EmailChangeRequested,
  EmailVerificationRequested,
  EmailVerified,
  Invited,
  PasswordChanged,
  PasswordOutgrown,
  PasswordResetRequested,
  RecoveryCodeUsed,
  Registered,
  TotpDisabled,
  TotpEnabled,
} from './events.ts'
export { emailChange, linkMail, linkToken } from './links.ts'
export { resealTotp } from './second-factor.ts'
export { LoginChallengeSchema, RecoveryCodeSchema, TotpSchema } from './second-factor-entity.ts'
export { sweep } from './sweep.ts'
