/** How often something may happen. All numbers are those of a shop on the internet; see LIMITS and LIMITS_SCALE. */
export interface Limit {
  readonly points: number
  /** The window the points are for, from the first one taken. */
  readonly seconds: number
  /**
   * Whose points they are. `caller`: a user, an API key, a guest by their token, else an address. `address`: an IP address,
   * of IPv6 its /64. `subject`: what the call is about, an e-mail address for one.
   */
  readonly per: 'caller' | 'address' | 'subject'
  /** Only calls that failed keep the point they took. */
  readonly counts: 'calls' | 'failures'
  /** So many more within ten windows. */
  readonly burst?: number
  /**
   * `process`: counted in memory, by each process for itself, without SQL. `later`: in memory too, and whoever takes much is
   * counted by all processes together a moment later, as long as the store that they share is there. `shared`: by all
   * together at once; while the store is away a call is refused as `busy`.
   */
  readonly store: 'process' | 'later' | 'shared'
}

const minute = 60
const hour = 3600

const inProcess = { counts: 'calls', store: 'process' } as const
const shared = { counts: 'calls', store: 'shared' } as const

/** Everything that is limited by how often it happens. */
export const limits = {
  /** All calls of guests from one address. A guest makes up their own token: what they do is counted twice. */
  'guests-of-address': { points: 600, seconds: minute, burst: 600, per: 'address', ...inProcess },
  guest: { points: 120, seconds: minute, burst: 120, per: 'caller', ...inProcess },
  'signed-in': { points: 600, seconds: minute, burst: 600, per: 'caller', ...inProcess },
  /** Sessions and API keys that there are not, each once: every one of them costs a look into the database. */
  'unknown-tokens': { points: 30, seconds: minute, per: 'address', ...inProcess, counts: 'failures' },
  /** A search that is counted somewhere else first would take twice as long. */
  search: { points: 60, seconds: minute, per: 'caller', counts: 'calls', store: 'later' },
  login: { points: 10, seconds: 10 * minute, per: 'address', ...shared, counts: 'failures' },
  /** Once used up, one try at a time and a growing wait between them; never a lock. */
  'login-account': { points: 5, seconds: 15 * minute, per: 'subject', ...shared, counts: 'failures' },
  mail: { points: 10, seconds: hour, per: 'address', ...shared },
  'mail-recipient': { points: 3, seconds: hour, per: 'subject', ...shared },
  code: { points: 10, seconds: 10 * minute, per: 'caller', ...shared },
  'codes-of-address': { points: 30, seconds: 10 * minute, per: 'address', ...shared },
  checkout: { points: 10, seconds: minute, per: 'caller', ...shared },
  'checkouts-of-address': { points: 30, seconds: minute, per: 'address', ...shared },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits
type NamesBy<Store extends Limit['store']> = {
  [Name in LimitName]: (typeof limits)[Name]['store'] extends Store ? Name : never
}[LimitName]
/** Those that are counted in memory, so at once. */
export type ProcessLimitName = NamesBy<'process' | 'later'>
export type LaterLimitName = NamesBy<'later'>
export type SharedLimitName = NamesBy<'shared'>
// An object's own names are its keys; its type does not say so.
export const limitNames = Object.keys(limits) as LimitName[]

export const isOfProcess = (name: LimitName): name is ProcessLimitName => limits[name].store !== 'shared'
export const isLater = (name: LimitName): name is LaterLimitName => limits[name].store === 'later'

/** What a procedure says of itself, beside what every call is counted by. */
export const policies = {
  /** Whatever says nothing. */
  browse: [],
  search: ['search'],
  /** Shows a password: only wrong ones count. */
  login: ['login', 'login-account'],
  /** Has a letter sent, or an account made. */
  mail: ['mail', 'mail-recipient'],
  /** Tries something that was given out: the link of a letter, a second factor, a coupon, a gift card. */
  code: ['code', 'codes-of-address'],
  /** Makes an order or asks for money. */
  checkout: ['checkout', 'checkouts-of-address'],
} as const satisfies Record<string, readonly LimitName[]>

export type PolicyName = keyof typeof policies

/** What is bounded by how much of it there is at one time. */
export const bounds = {
  /** Streams a caller may have open with one process. */
  streams: 5,
  /** And all guests of an address together. */
  streamsOfAddress: 50,
  /** Orders of a buyer that hold stock and are not paid yet. */
  unpaidOrders: 10,
  /** Payments of an order that may be declined within `declinePauseSeconds` before the next one has to wait. */
  declines: 3,
} as const

export const declinePauseSeconds = 10 * minute

/** A login waits so long after each wrong password that is one too many: doubled each time, up to a quarter of an hour. */
export const loginDelaySeconds = (strikes: number): number => Math.min(minute * 2 ** (strikes - 1), 15 * minute)
