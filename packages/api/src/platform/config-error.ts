/** Settings that are missing or wrong: one sentence, or a list that names each variable and its rule, never the value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problem: string | readonly string[]) {
    super(typeof problem === 'string' ? problem : `These settings are missing or wrong:\n  ${problem.join('\n  ')}`)
  }
}
