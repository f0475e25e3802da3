export { createAdmin } from './accounts.ts'
export { authenticate } from './authenticate.ts'
export {
  ApiKeySchema,
  CredentialSchema,
  Link,
  type LinkId,
  LinkSchema,
  LoginChallengeSchema,
  RecoveryCodeSchema,
  SessionSchema,
  TotpSchema,
} from './entity.ts'
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
export { lifetimes } from './session-store.ts'
export { LINKS_KEPT_DAYS, sweep } from './sweep.ts'
