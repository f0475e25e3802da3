import { sqlState } from '../transaction.ts'

/** Names of fields whose values are never written down, wherever in a line they are. */
const SECRETS = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'guestToken',
  'sessionToken',
  'orderToken',
  'secret',
  'clientSecret',
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'card',
  'dsn',
  'connectionString',
  'email',
]

/** Of pino's `redact`: each name at the top of a line, in its objects, and in theirs. They are code, never input. */
export const redactedPaths: string[] = SECRETS.flatMap((name) =>
  ['', '*', '*.*'].map((above) => `${above}["${name}"]`.replace(/^\[/, '[')),
)

/** Text without what names or lets in somebody: e-mail addresses, tokens, passwords in URLs. */
export const withoutPersons = (text: string): string =>
  text
    .replaceAll(/[^\s<>"',;:()=/]+@[^\s<>"',;:()]+/g, '…@…')
    .replaceAll(/\b(bs|bk|bg|whsec|sk|pk)_[\w-]{8,}/g, '$1_…')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:[^\s/@]*@/gi, '$1…@')

const DEPTH = 5

/** An error as it is written down. Of a database's, nothing of the statement and nothing of the row it is about. */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutPersons(String(error).slice(0, 500)) }
  const said = (name: string) => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'string' || typeof value === 'number' ? { [name]: value } : {}
  }
  const database = sqlState(error) !== undefined
  const message = database ? `the database answered ${sqlState(error)}` : withoutPersons(error.message.slice(0, 2_000))
  return {
    type: error.name,
    message,
    ...said('code'),
    ...said('reason'),
    ...(database && { ...said('constraint'), ...said('table'), ...said('column'), ...said('routine') }),
    stack: `${error.name}: ${message}\n${framesOf(error)}`,
    ...(error.cause !== undefined && depth < DEPTH && { cause: describeError(error.cause, depth + 1) }),
  }
}

/** Where it came from: the lines after the message, which may itself have several. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 30)
    .join('\n')
