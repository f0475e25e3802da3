import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeCertificate } from './certificate.ts'
import { classpathOf, newestJava, projectOf } from './java.ts'
import { portOf, type Recipe } from './recipe.ts'

const run = promisify(execFile)
const user = 'barrow'
const password = 'barrow-test'

/** One Kafka broker in KRaft mode: a plain listener, one with TLS and SASL, and no topic that nobody made. */
export const kafka: Recipe<
  Record<`KAFKA_${'BROKERS' | `SECURE_${'BROKERS' | 'CA' | 'USERNAME' | 'PASSWORD'}`}`, string>
> = {
  ports: 3,
  port: 19_092,
  async prepare(home, ports, log) {
    await writeFile(join(home, 'server.properties'), propertiesOf(home, ports))
    if (!(await exists(join(home, 'ca.pem')))) await makeCertificate(home, password)
    if (await exists(join(home, 'data'))) return
    const java = await javaOf(log)
    const tool = (...args: string[]) => run(java[0], [...java.slice(1), 'kafka.tools.StorageTool', ...args])
    const account = `SCRAM-SHA-256=[name=${user},password=${password}]`
    const settings = join(home, 'server.properties')
    // Kafka takes a folder that was formatted by half for a broken disk.
    await tool('format', `--cluster-id=${newClusterId()}`, '-c', settings, '--add-scram', account).catch(
      async (error) => {
        await rm(join(home, 'data'), { recursive: true, force: true })
        throw error
      },
    )
  },
  command: async (home) => [...(await javaOf()), 'kafka.Kafka', join(home, 'server.properties')],
  async answers(home, ports) {
    const log = await readFile(join(home, 'log'), 'utf8')
    return log.includes('Kafka Server started') && (await accepts(portOf(ports, 0)))
  },
  env: (home, ports) => ({
    KAFKA_BROKERS: `127.0.0.1:${portOf(ports, 0)}`,
    KAFKA_SECURE_BROKERS: `127.0.0.1:${portOf(ports, 2)}`,
    KAFKA_SECURE_CA: join(home, 'ca.pem'),
    KAFKA_SECURE_USERNAME: user,
    KAFKA_SECURE_PASSWORD: password,
  }),
}

/** 16 bytes as Kafka writes them. One that begins with a dash, as every 64th would, is taken for an option. */
export const newClusterId = (): string => Buffer.from([0, ...randomBytes(15)]).toString('base64url')

async function javaOf(log: (line: string) => void = () => {}): Promise<[string, ...string[]]> {
  const logging = join(projectOf('kafka'), 'log4j2.properties')
  const options = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`]
  return [join(await newestJava(17), 'java'), ...options, '-cp', await classpathOf('kafka', log)]
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function propertiesOf(home: string, ports: readonly number[]): string {
  const [plain, controller, secure] = [0, 1, 2].map((index) => `127.0.0.1:${portOf(ports, index)}`)
  return `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${controller}
listeners=PLAINTEXT://${plain},CONTROLLER://${controller},SASL_SSL://${secure}
advertised.listeners=PLAINTEXT://${plain},SASL_SSL://${secure}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${user}="${password}";
ssl.keystore.type=PKCS12
ssl.keystore.location=${join(home, 'keystore.p12')}
ssl.keystore.password=${password}
ssl.client.auth=none
log.dirs=${join(home, 'data')}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.heartbeat.interval.ms=250
broker.session.timeout.ms=1000
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
`
}
