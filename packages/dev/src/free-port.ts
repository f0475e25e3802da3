import { createServer } from 'node:net'

/**
 * The first port from `preferred` upwards that nobody listens on; 0 lets the system choose one. It is free now: who
 * binds it must still be ready to find it taken. Throws when a hundred ports in a row are taken.
 */
export async function freePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  for (let port = preferred; port < preferred + 100 && port <= 65_535; port++) {
    const bound = await tryPort(port, host)
    if (bound !== undefined) return bound
  }
  throw new Error(`No free port on ${host} from ${preferred} upwards.`)
}

function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}
