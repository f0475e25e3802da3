import { type Context, type Span as OtelSpan, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracingConfig } from '../observe-settings.ts'
import type { Attributes, Span, SpanOptions, Tracing } from '../ports/tracing.ts'

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

/** W3C Trace Context, 3.2.2: version 00, and no id of zeros alone. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/** Sends spans to a collector by OTLP over HTTP, some at a time; what it does not take is dropped. */
export function createOtlpTracing({ url, headers, ratio }: TracingConfig, name: string): Tracing {
  const sampler = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `barrow-${name}`, 'service.namespace': 'barrow' }),
    // Callers say which trace they are part of, not how many traces are kept.
    sampler: new ParentBasedSampler({ root: sampler, remoteParentSampled: sampler }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: 5_000 }),
        scheduledDelayMillis: 1_000,
      }),
    ],
  })
  const tracer = provider.getTracer('barrow')
  const contexts = new AsyncLocalStorageContextManager().enable()

  const contextOf = ({ parent }: SpanOptions): Context => {
    const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? []
    if (traceId === undefined || spanId === undefined || flags === undefined) return contexts.active()
    const traceFlags = Number.parseInt(flags, 16) & 1
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
  }
  const start = (name: string, options: SpanOptions) => {
    const context = contextOf(options)
    const { kind, attributes = {} } = options
    const otel = tracer.startSpan(
      name,
      { attributes: present(attributes), ...(kind !== undefined && { kind: kinds[kind] }) },
      context,
    )
    return { otel, context: trace.setSpan(context, otel), span: spanOf(otel) }
  }

  return {
    begin: (name, options = {}) => start(name, options).span,
    within: (name, options, work) => {
      const { context, span } = start(name, options)
      return contexts.with(context, async () => {
        try {
          const result = await work(span)
          span.end()
          return result
        } catch (error) {
          span.end(error instanceof Error ? error.name : 'error')
          throw error
        }
      })
    },
    current() {
      const otel = trace.getSpan(contexts.active())
      return otel === undefined ? undefined : traceparentOf(otel)
    },
    async [Symbol.asyncDispose]() {
      // A collector that is away has had its chance.
      await provider.shutdown().catch(() => {})
      contexts.disable()
    },
  }
}

function spanOf(otel: OtelSpan): Span {
  let ended = false
  return {
    traceparent: traceparentOf(otel),
    set: (attributes) => void otel.setAttributes(present(attributes)),
    end(failure) {
      if (ended) return
      ended = true
      if (failure !== undefined) otel.setStatus({ code: SpanStatusCode.ERROR, message: failure })
      otel.end()
    },
  }
}

function traceparentOf(otel: OtelSpan): string {
  const { traceId, spanId, traceFlags } = otel.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

function present(attributes: Attributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
