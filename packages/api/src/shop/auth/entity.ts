import { defineEntity, p } from '@mikro-orm/core'
import type { Permission } from '../../platform/actor.ts'
import { createdAt, id } from '../../platform/columns.ts'
import { idOf } from '../../platform/ids.ts'
import { User } from '../user/entity.ts'

const hash = () => p.string().length(64).collation('C')

/** What a password is checked against. A person without one (invited, not yet come) cannot sign in. */
export const CredentialSchema = defineEntity({
  name: 'Credential',
  properties: {
    userId: () =>
      p
        .manyToOne(User)
        .primary()
        .fieldName('user_id')
        .mapToPk()
        .deleteRule('restrict')
        .foreignKeyName('credential_user_fk'),
    /** argon2id, with its parameters and salt, in PHC's text form. */
    passwordHash: p.string().length(255),
    changedAt: p.datetime(3).$type<Date>().defaultRaw('now()'),
  },
})
export class Credential extends CredentialSchema.class {}
CredentialSchema.setClass(Credential)

export const SessionSchema = defineEntity({
  name: 'Session',
  properties: {
    /** SHA-256 of the token: whoever reads this table can sign in as nobody. */
    id: hash().primary(),
    userId: () =>
      p.manyToOne(User).fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('session_user_fk'),
    /** The user's epoch at sign-in. */
    epoch: p.integer(),
    /** How long it lives without being used, in seconds. */
    idleSeconds: p.integer(),
    /** Moves ahead as the session is used, up to `endsAt`. */
    expiresAt: p.datetime(3).$type<Date>(),
    endsAt: p.datetime(3).$type<Date>(),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['userId', 'createdAt'] }],
})
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session)

export const linkId = idOf('link')
export type LinkId = ReturnType<typeof linkId.new>

export const linkPurposes = ['verify_email', 'reset_password', 'invitation', 'change_email'] as const
export type LinkPurpose = (typeof linkPurposes)[number]

/** A link of an e-mail: works once, until it expires, and only while it is the newest of its purpose. */
export const LinkSchema = defineEntity({
  name: 'Link',
  properties: {
    id: id(linkId),
    userId: () =>
      p.manyToOne(User).fieldName('user_id').mapToPk().deleteRule('restrict').foreignKeyName('link_user_fk'),
    purpose: p.enum(linkPurposes),
    tokenHash: hash().unique('link_token_hash_unique'),
    /** Of a change of e-mail: the address to come, and the one it replaces, which is told. */
    newEmail: p.string().length(254).nullable(),
    oldEmail: p.string().length(254).nullable(),
    expiresAt: p.datetime(3).$type<Date>(),
    /** When it was followed, or made void. */
    usedAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['userId', 'purpose'] }],
})
export class Link extends LinkSchema.class {}
LinkSchema.setClass(Link)

export const keyId = idOf('key')
export type KeyId = ReturnType<typeof keyId.new>

/** What a program signs in with. */
export const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  properties: {
    id: id(keyId),
    name: p.string().length(200),
    tokenHash: hash().unique('api_key_token_hash_unique'),
    permissions: p.array<Permission>(),
    /** Whose power bounds it: it can do no more than they can now. Null for one made by the shop's own programs. */
    createdBy: () =>
      p
        .manyToOne(User)
        .fieldName('created_by')
        .mapToPk()
        .nullable()
        .deleteRule('restrict')
        .foreignKeyName('api_key_created_by_fk'),
    lastUsedAt: p.datetime(3).$type<Date>().nullable(),
    revokedAt: p.datetime(3).$type<Date>().nullable(),
    createdAt: createdAt(),
  },
  indexes: [{ properties: ['createdBy'] }],
})
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey)

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
