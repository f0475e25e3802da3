import { z } from 'zod'

/** A moment a caller may ask about, UTC: of the years 1 to 9999. JavaScript knows days before those of PostgreSQL. */
export const Moment = z.date().min(new Date('0001-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z'))
