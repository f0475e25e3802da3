import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetching } from './fetching.ts'

const run = promisify(execFile)

const projects = join(import.meta.dirname, '..', '..', 'services')
const resolved = join(import.meta.dirname, '..', '..', '..', '..', '.barrow', 'classpaths')

/** The folder that holds a Java server's `pom.xml` and what else it is started with. */
export const projectOf = (name: string): string => join(projects, name)

/** The `bin` folder of the newest Java of this machine. Throws when none is as new as `atLeast`. */
export async function newestJava(atLeast: number): Promise<string> {
  const installed = await readdir('/usr/lib/jvm').catch(() => [])
  const homes = [process.env.JAVA_HOME, ...installed.map((name) => join('/usr/lib/jvm', name))]
  const bins = homes.flatMap((home) => (home ? [join(home, 'bin')] : []))
  const found = await Promise.all(bins.map(async (bin) => ({ bin, version: await versionOf(join(bin, 'java')) })))
  const newest = found.sort((a, b) => b.version - a.version)[0]
  if (newest === undefined || newest.version < atLeast)
    throw new Error(`This server needs Java ${atLeast} or later, in JAVA_HOME or /usr/lib/jvm.`)
  return newest.bin
}

/** 0 when there is no such program. */
async function versionOf(java: string): Promise<number> {
  try {
    const { stderr } = await run(java, ['-version'])
    return Number(stderr.match(/version "(\d+)/)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The class path of a server, resolved by Maven once for each version of its `pom.xml`. Throws what Maven said. */
export async function classpathOf(name: string, log: (line: string) => void): Promise<string> {
  const pom = join(projectOf(name), 'pom.xml')
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
  const file = join(resolved, `${name}-${hash.slice(0, 12)}`)
  const known = await readFile(file, 'utf8').catch(() => '')
  // Maven's own folder may have been emptied since.
  if (known && (await readFile(known.split(':')[0] ?? '').then(Boolean, () => false))) return known

  log(`Fetching ${name} with Maven …`)
  await mkdir(resolved, { recursive: true })
  const fresh = `${file}.${randomUUID()}`
  await fetching(`${name} from Maven`, 'mvn', [
    ...['-B', '-q', '-ntp', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${fresh}`],
  ])
  await rename(fresh, file)
  return readFile(file, 'utf8')
}
