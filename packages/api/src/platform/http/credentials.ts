import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../config.ts'
import type { Credentials } from '../context.ts'

/** What a request brought to say who calls. `cookies` is true when a browser sent any of it by itself. */
export interface Presented {
  readonly session: string | null
  readonly guest: string | null
  readonly cookies: boolean
}

/** A program keeps its own credentials and says so; it gets them in headers of these names, never in a body or a URL. */
const SESSION_HEADER = 'barrow-session'
const GUEST_HEADER = 'barrow-guest'
const DEVICE_HEADER = 'barrow-device'

/** 32 random bytes in base64url, with a prefix that says what it is; anything else is not worth a look-up. */
const TOKEN = /^(?:bs|bk|bg)_[A-Za-z0-9_-]{43}$/

const MAX_AGE_SECONDS = 90 * 24 * 60 * 60

type Names = Record<'session' | 'guest' | 'device', string>

/** `__Host-` binds a cookie to this host and path over TLS; browsers refuse it on plain http. */
export const cookieNames = (http: Pick<Config['http'], 'secureCookies'>): Names =>
  http.secureCookies ? SECURE_NAMES : PLAIN_NAMES

const SECURE_NAMES: Names = { session: '__Host-sid', guest: '__Host-guest', device: '__Host-device' }
const PLAIN_NAMES: Names = { session: 'barrow-sid', guest: 'barrow-guest', device: 'barrow-device' }

/** Reads a caller's credentials: the headers of a program, else the cookies of a browser. */
export function present(request: IncomingMessage, http: Config['http']): Presented {
  const { authorization, cookie } = request.headers
  if (isProgram(request)) {
    const bearer = tokenIn(authorization?.replace(/^Bearer /i, ''))
    return { session: bearer, guest: tokenIn(header(request, GUEST_HEADER)), cookies: false }
  }
  if (cookie === undefined) return nothing
  const names = cookieNames(http)
  const cookies = parseCookies(cookie)
  const session = tokenIn(cookies.get(names.session))
  const guest = tokenIn(cookies.get(names.guest))
  return { session, guest, cookies: session !== null || guest !== null }
}

const nothing: Presented = { session: null, guest: null, cookies: false }

/** A program names itself by bringing its own credentials, or by asking for them. */
const isProgram = (request: IncomingMessage): boolean =>
  request.headers.authorization !== undefined ||
  header(request, GUEST_HEADER) !== undefined ||
  header(request, SESSION_HEADER) === 'bearer'

/** Hands credentials back the way they came: in headers to a program, in cookies to a browser. */
export function credentialsFor(request: IncomingMessage, response: ServerResponse, http: Config['http']): Credentials {
  const put = putter(request, response, http)
  return { setSession: put('session', SESSION_HEADER), setGuest: put('guest', GUEST_HEADER) }
}

/** What a device brings of having signed in before, and how it gets that. */
export function deviceCookie(request: IncomingMessage, response: ServerResponse, http: Config['http']) {
  const cookies = isProgram(request) ? undefined : parseCookies(request.headers.cookie)
  const token = cookies === undefined ? header(request, DEVICE_HEADER) : cookies.get(cookieNames(http).device)
  const set: (token: string) => void = putter(request, response, http)('device', DEVICE_HEADER)
  return { token: token ?? '', set }
}

function putter(request: IncomingMessage, response: ServerResponse, http: Config['http']) {
  return (kind: keyof Names, headerName: string) => (token: string | null) => {
    if (isProgram(request)) response.setHeader(headerName, token ?? '')
    else response.appendHeader('Set-Cookie', cookie(cookieNames(http)[kind], token, http))
  }
}

function cookie(name: string, value: string | null, http: Config['http']): string {
  const parts = [
    `${name}=${value ?? ''}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${http.sameSite === 'none' ? 'None' : 'Lax'}`,
  ]
  parts.push(`Max-Age=${value === null ? 0 : MAX_AGE_SECONDS}`)
  if (http.secureCookies) parts.push('Secure')
  return parts.join('; ')
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

const tokenIn = (text: string | undefined): string | null => (text !== undefined && TOKEN.test(text) ? text : null)

function parseCookies(header: string | undefined): Map<string, string> {
  const pairs = (header ?? '').split(';').map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })
  return new Map(pairs)
}
