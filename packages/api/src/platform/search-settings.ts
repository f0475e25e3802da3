import { z } from 'zod'
import { languages } from './search/languages.ts'

/** What finds products. */
export const searchSettings = {
  /** What answers searches. PostgreSQL is kept up to date either way, and answers while OpenSearch is away. */
  SEARCH: z.enum(['postgres', 'opensearch']).default('postgres'),
  /** The language of the catalogue, whose endings searches know; `simple` knows none. Changed, the index is rebuilt. */
  SEARCH_LANGUAGE: z.enum(languages).default('english'),
  /** OpenSearch 2.4 or later, or Elasticsearch 7.12 or later; `https:` for TLS. An address alone switches nothing. */
  OPENSEARCH_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => new URL(url).username === '', 'must hold no user: that is OPENSEARCH_USERNAME')
    .optional(),
  /** Who the shop signs in as. */
  OPENSEARCH_USERNAME: z.string().min(1).max(255).optional(),
  /** And with which password. */
  OPENSEARCH_PASSWORD: z.string().min(1).max(1024).optional(),
  /** An API key, as it goes into the `Authorization` header, instead of a user. */
  OPENSEARCH_API_KEY: z
    .string()
    .regex(/^[\w+/=.:-]{1,1024}$/)
    .optional(),
  /** A file with the certificates to trust, as PEM, instead of those that Node trusts. */
  OPENSEARCH_TLS_CA: z.string().min(1).max(4096).optional(),
  /** What names of indexes begin with: shops that share a server differ in it. */
  OPENSEARCH_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .default('barrow'),
  /** How long a search waits for OpenSearch before PostgreSQL is asked, in ms. */
  OPENSEARCH_TIMEOUT_MS: z.coerce.number().int().min(50).max(30_000).default(1_000),
}

type Settings = z.output<z.ZodObject<typeof searchSettings>>

export interface OpenSearchConfig {
  readonly url: string
  readonly signIn:
    | { readonly by: 'password'; readonly username: string; readonly password: string }
    | { readonly by: 'key'; readonly key: string }
    | undefined
  readonly caFile: string | undefined
  readonly prefix: string
  readonly timeoutMs: number
}

/** Settings that only make sense together. */
export function readSearch(settings: Settings, issues: z.RefinementCtx) {
  const language = settings.SEARCH_LANGUAGE
  if (settings.SEARCH === 'postgres') return { language, opensearch: undefined }
  const wrong = (name: keyof Settings, message: string) => {
    issues.addIssue({ code: 'custom', path: [name], message })
    return z.NEVER
  }
  const { OPENSEARCH_URL: url, OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password } = settings
  const { OPENSEARCH_API_KEY: key } = settings
  if (url === undefined) return wrong('OPENSEARCH_URL', 'is needed when SEARCH is opensearch')
  if ((username === undefined) !== (password === undefined))
    return wrong('OPENSEARCH_PASSWORD', 'and OPENSEARCH_USERNAME need each other')
  if (key !== undefined && username !== undefined)
    return wrong('OPENSEARCH_API_KEY', 'and OPENSEARCH_USERNAME exclude each other')
  const { protocol, hostname } = new URL(url)
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if ((key !== undefined || username !== undefined) && protocol === 'http:' && !local)
    return wrong('OPENSEARCH_URL', 'must be https: to sign in elsewhere, or the secret is sent as it is')
  const opensearch: OpenSearchConfig = {
    url,
    signIn: signInOf(username, password, key),
    caFile: settings.OPENSEARCH_TLS_CA,
    prefix: settings.OPENSEARCH_PREFIX,
    timeoutMs: settings.OPENSEARCH_TIMEOUT_MS,
  }
  return { language, opensearch }
}

function signInOf(username?: string, password?: string, key?: string): OpenSearchConfig['signIn'] {
  if (key !== undefined) return { by: 'key', key }
  if (username !== undefined && password !== undefined) return { by: 'password', username, password }
  return undefined
}
