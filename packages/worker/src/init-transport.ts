import type { Config } from '@barrow/api/runtime'
import { topics } from './topics.ts'
import { Advice } from './transport.ts'
import { openTransport } from './transports/open.ts'

/** Takes away what events of a consumer travelled on that no worker has any more. */
export async function forgetConsumer(config: Config, consumer: string): Promise<void> {
  const transport = await openTransport(config, [], () => {})
  await transport.forget(consumer).finally(() => transport.close())
}

/** Makes what events travel on, as the configuration says they do; safe to run again. Answers the topics. */
export async function initTransport(config: Config): Promise<readonly string[]> {
  const problems: Error[] = []
  const transport = await openTransport(config, [], (error) => problems.push(error))
  try {
    await transport.init(topics)
    // What is merely away would be waited for; who runs this wants to know.
    const problem = problems.find((problem) => !(problem instanceof Advice))
    if (problem !== undefined) throw problem
  } finally {
    await transport.close()
  }
  return topics.map(({ name }) => name)
}
