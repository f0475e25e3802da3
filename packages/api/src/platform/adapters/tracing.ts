import type { Config } from '../config.ts'
import { noTracing, type Tracing } from '../ports/tracing.ts'

/** Traces go where the configuration says. OpenTelemetry is loaded only when they go somewhere. */
export async function openTracing({ tracing }: Pick<Config, 'tracing'>, name: string): Promise<Tracing> {
  if (tracing === undefined) return noTracing
  const { createOtlpTracing } = await import('./otlp-tracing.ts')
  return createOtlpTracing(tracing, name)
}
