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
  Registered,
} from './events.ts'
export { emailChange, linkMail, linkToken } from './links.ts'
export { sweep } from './sweep.ts'
