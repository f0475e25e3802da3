import { join } from 'node:path'
import { classpathOf, newestJava, projectOf } from './java.ts'
import { portOf, type Recipe } from './recipe.ts'

/** One OpenSearch node, without a password. */
export const opensearch: Recipe<{ OPENSEARCH_URL: string }> = {
  ports: 2,
  port: 19_200,
  prepare: async (_home, _ports, log) => void (await classpathOf('opensearch', log)),
  command: async (home, ports) => [
    join(await newestJava(21), 'java'),
    ...['-Xms256m', '-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    ...['--add-opens', 'java.base/java.lang=ALL-UNNAMED', '--enable-native-access=ALL-UNNAMED'],
    ...['-cp', await classpathOf('opensearch', () => {}), join(projectOf('opensearch'), 'Node.java')],
    ...[join(home, 'data'), String(portOf(ports, 0)), String(portOf(ports, 1))],
  ],
  answers: (_home, ports) =>
    fetch(`http://127.0.0.1:${portOf(ports, 0)}/_cluster/health?wait_for_status=yellow`, {
      signal: AbortSignal.timeout(2000),
    }).then(
      (answer) => answer.ok,
      () => false,
    ),
  env: (_home, ports) => ({ OPENSEARCH_URL: `http://127.0.0.1:${portOf(ports, 0)}` }),
}
