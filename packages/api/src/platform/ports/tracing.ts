/** One thing that was done, from its beginning to its end. */
export interface Span {
  /** Names this span as the parent of what it causes elsewhere (W3C Trace Context); undefined when nothing is traced. */
  readonly traceparent: string | undefined
  /** Adds what is known only now. Ids, counts and words of the code's own: nothing personal, nothing typed by anybody. */
  set(attributes: Attributes): void
  /** Ends it; once. With a word of the code's own when it failed. */
  end(failure?: string): void
}

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer'
  /** A `traceparent` from elsewhere; without one the parent is the span under way. */
  readonly parent?: string | undefined
  readonly attributes?: Attributes
}

/** Follows what one call causes, through the processes it goes through. */
export interface Tracing extends AsyncDisposable {
  /** Begins a span that nothing becomes a child of by itself. */
  begin(name: string, options?: SpanOptions): Span
  /** Works inside a span: what begins meanwhile is its child. */
  within<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** The span under way, by its `traceparent`; undefined outside of any. */
  current(): string | undefined
}

const noSpan: Span = { traceparent: undefined, set: () => {}, end: () => {} }

/** Follows nothing, at no cost. */
export const noTracing: Tracing = {
  begin: () => noSpan,
  within: (_name, _options, work) => work(noSpan),
  current: () => undefined,
  [Symbol.asyncDispose]: async () => {},
}
