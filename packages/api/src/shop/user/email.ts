import type { z } from 'zod'
import { line } from '../../platform/text.ts'

/**
 * What two e-mail addresses are compared by: compatible characters folded (NFKC) and lower case, so that neither case nor
 * a look-alike encoding makes a second account of one mailbox.
 */
export const emailKey = (email: string): string => email.normalize('NFKC').toLowerCase().normalize('NFKC')

/** Something before and after one @, and nothing that means something else in a mail's header. Mail proves the rest. */
const SHAPE = /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u

/** An e-mail address, at most 254 characters (RFC 5321), as it is written and as it is compared. */
export const Email = line(254)
  .trim()
  .refine((email) => emailKey(email).length <= 254 && SHAPE.test(email) && SHAPE.test(emailKey(email)), {
    message: 'must be an e-mail address',
  })
export type Email = z.infer<typeof Email>
