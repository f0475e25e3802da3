/** The servers that some suites need, and the setting that says where each is. */
const settings = { redis: 'REDIS_URL', kafka: 'KAFKA_BROKERS', opensearch: 'OPENSEARCH_URL' }

export interface LeftOut {
  /** Patterns of the test files that cannot run: those for a server bear its name, as in `transport.kafka.test.ts`. */
  readonly files: readonly string[]
  /** What to tell whoever reads the outcome; undefined when every suite runs. */
  readonly notice: string | undefined
}

/** The suites of servers that nobody has given an address for. */
export function leftOut(env: NodeJS.ProcessEnv): LeftOut {
  const missing = Object.entries(settings).filter(([, setting]) => !env[setting])
  const named = missing.map(([name, setting]) => `${name} (${setting})`).join(', ')
  return {
    files: missing.map(([name]) => `**/*.${name}.test.ts`),
    notice:
      missing.length > 0 ? `Left out: the suites of ${named}. \`pnpm services up\` starts these servers.` : undefined,
  }
}
