import type { Context } from '../../platform/context.ts'
import { common } from '../../platform/errors.ts'
import type { UserId } from '../user/index.ts'

/** The customer who calls: nobody else has addresses of their own. */
export function ownerOf({ actor }: Context): UserId {
  if (actor.kind !== 'customer') throw common.forbidden()
  return actor.userId
}
