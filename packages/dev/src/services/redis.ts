import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetching } from './fetching.ts'
import { portOf, type Recipe } from './recipe.ts'

const run = promisify(execFile)

/** Redis as Barrow asks for it: it writes down what it takes, and never throws anything out to make room. */
export const redis: Recipe<{ REDIS_URL: string }> = {
  ports: 1,
  port: 16_379,
  async prepare(home, _ports, log) {
    await mkdir(join(home, 'data'), { recursive: true })
    if (await isInstalled()) return
    if (process.getuid?.() !== 0) throw new Error('There is no redis-server on this machine; install it.')
    log('Installing redis-server …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args: string[]) =>
      fetching('redis from Debian', 'apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], env)
    await apt('update')
    await apt('install', '-y', '--no-install-recommends', 'redis-server')
  },
  command: async (home, ports) => [
    'redis-server',
    ...['--bind', '127.0.0.1', '--port', String(portOf(ports, 0)), '--dir', join(home, 'data')],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--maxmemory-policy', 'noeviction'],
    ...['--set-proc-title', 'no'],
  ],
  answers: (_home, ports) => pong(portOf(ports, 0)),
  env: (_home, ports) => ({ REDIS_URL: `redis://127.0.0.1:${portOf(ports, 0)}` }),
}

const isInstalled = () =>
  run('redis-server', ['--version']).then(
    () => true,
    () => false,
  )

/** While it reads its file Redis takes connections and answers them with -LOADING. */
function pong(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => finish(false))
    socket.on('error', () => finish(false))
    socket.on('data', (answer) => finish(answer.toString().startsWith('+PONG')))
  })
}
