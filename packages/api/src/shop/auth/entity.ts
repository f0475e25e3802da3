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
