import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './addresses.ts'

/** How a process is watched, and how it stops. */
export const observeSettings = {
  /** A second port, for operators alone: `/metrics` and the probes, in the API and in the worker. Closed when unset. */
  INTERNAL_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** The address the internal port listens on. */
  INTERNAL_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  /** What who reads the metrics says: `Authorization: Bearer …`. Needed in production where others reach the port. */
  INTERNAL_TOKEN: z.string().min(32).max(255).optional(),
  /** How long the API, told to stop, still takes calls while load balancers find out. 5000 in production, else 0. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(20_000).optional(),
  /** Let production log at `debug`: queries then stand in the log with what they were given. */
  ALLOW_DEBUG_LOGS: z.stringbool().default(false),
  /** A collector of OpenTelemetry's, `http://localhost:4318`: traces go to its `/v1/traces`. None are made when unset. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** What else the collector is told, by commas: `name=value`. */
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .max(4096)
    .regex(/^(?:[\w-]+=[\x21-\x2b\x2d-\x7e]*(?:,|$))*$/)
    .default(''),
  /** Which part of all traces is kept, from 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
}

type Settings = z.output<z.ZodObject<typeof observeSettings>> & {
  readonly NODE_ENV: string
  readonly LOG_LEVEL: string
}

export interface InternalConfig {
  readonly host: string
  readonly port: number
  readonly token: string | undefined
}

/** Where traces go. */
export interface TracingConfig {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly ratio: number
}

/** Settings that only make sense together. */
export function readObserve(settings: Settings, issues: z.RefinementCtx) {
  const { INTERNAL_PORT: port, INTERNAL_HOST: host, INTERNAL_TOKEN: token } = settings
  const production = settings.NODE_ENV === 'production'
  const wrong = (name: string, message: string) => issues.addIssue({ code: 'custom', path: [name], message })
  if (production && settings.LOG_LEVEL === 'debug' && !settings.ALLOW_DEBUG_LOGS)
    wrong('LOG_LEVEL', 'debug writes what queries are given; in production it needs ALLOW_DEBUG_LOGS=true')
  const local = host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))
  if (production && port !== undefined && !local && token === undefined)
    wrong('INTERNAL_TOKEN', 'is needed in production when INTERNAL_HOST is not this machine')
  const internal: InternalConfig | undefined = port === undefined ? undefined : { host, port, token }
  return {
    internal,
    shutdownDelayMs: settings.SHUTDOWN_DELAY_MS ?? (production ? 5_000 : 0),
    tracing: readTracing(settings),
  }
}

function readTracing(settings: Settings): TracingConfig | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = settings
  if (endpoint === undefined) return undefined
  const headers = settings.OTEL_EXPORTER_OTLP_HEADERS.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at === -1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]]
  })
  return { url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers: Object.fromEntries(headers), ratio }
}
