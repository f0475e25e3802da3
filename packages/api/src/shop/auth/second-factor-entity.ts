import { defineEntity, p } from '@mikro-orm/core'
import { createdAt } from '../../platform/columns.ts'
import { User } from '../user/entity.ts'

const hash = () => p.string().length(64).collation('C')

/** An authenticator app that somebody signs in with. It counts once its first code has confirmed it. */
export const TotpSchema = defineEntity({
  name: 'Totp',
  properties: {
    userId: () =>
      p.manyToOne(User).primary().fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('totp_user_fk'),
    /** The secret it shares with the app, in base32: it must be read again, so it is sealed and not hashed. */
    sealed: p.string().length(255),
    confirmedAt: p.datetime(3).$type<Date>().nullable(),
    /** The time step of the last code that was accepted: none of it or before is accepted again. */
    lastStep: p.bigint('number').default(0),
    /** Wrong codes since the last right one. */
    failures: p.integer().default(0),
    failedAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
})
export class Totp extends TotpSchema.class {}
TotpSchema.setClass(Totp)

/** What stands in for a code when the app is lost. A row goes when its code is used. */
export const RecoveryCodeSchema = defineEntity({
  name: 'RecoveryCode',
  properties: {
    /** SHA-256 of the code, whose 80 random bits need no slow hash. */
    id: hash().primary(),
    userId: () =>
      p.manyToOne(User).fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('recovery_code_user_fk'),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['userId'] }],
})
export class RecoveryCode extends RecoveryCodeSchema.class {}
RecoveryCodeSchema.setClass(RecoveryCode)

/** Between the two steps of a login: its holder has shown the password, and has yet to show a code. */
export const LoginChallengeSchema = defineEntity({
  name: 'LoginChallenge',
  properties: {
    /** SHA-256 of the token. */
    id: hash().primary(),
    userId: () =>
      p.manyToOne(User).fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('login_challenge_user_fk'),
    /** The user's epoch when the password was shown. */
    epoch: p.integer(),
    expiresAt: p.datetime(3).$type<Date>(),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['userId', 'createdAt'] }],
})
export class LoginChallenge extends LoginChallengeSchema.class {}
LoginChallengeSchema.setClass(LoginChallenge)
