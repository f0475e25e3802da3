import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createCutter, isBoundary, isCommit, type Message } from './messages.ts'

/** A way to PostgreSQL on which things go wrong on command. */
export interface Way extends AsyncDisposable {
  readonly port: number
  /** Tears all connections down. */
  cut(): void
  /** Nothing passes any more, and nobody is told; until `resume`. */
  pause(): void
  resume(): void
  /** The next so many COMMITs are carried out and their answers lost, with their connections. */
  dropCommits(count: number): void
  /** How many ends of questions and of answers have passed since the last call of `watch`. */
  readonly passed: number
  /** Counts from here, and calls `act` in place of letting the `boundary`th pass (from 1). */
  watch(boundary?: number, act?: () => void): void
}

interface Line {
  readonly client: Socket
  readonly server: Socket
}

/** Opens a way to the server on 127.0.0.1 that listens on `port`. */
export async function openWay(port: number): Promise<Way> {
  const lines = new Set<Line>()
  let paused = false
  let commitsToDrop = 0
  let passed = 0
  let awaited: { boundary: number; act: () => void } | undefined

  const listener = createServer((client) => {
    const server = connect(port, '127.0.0.1')
    const line = { client, server }
    lines.add(line)
    const end = () => {
      lines.delete(line)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', end).on('close', end)
      if (paused) socket.pause()
    }
    let committing = false
    carry(client, server, 'client', (message) => {
      if (isCommit(message)) committing = true
      return true
    })
    carry(server, client, 'server', (message) => {
      if (message.type !== 'Z') return true
      const lost = committing && commitsToDrop > 0
      committing = false
      if (lost) commitsToDrop -= 1
      return !lost
    })

    function carry(from: Socket, to: Socket, side: 'client' | 'server', mayPass: (message: Message) => boolean): void {
      const cut = createCutter({ greets: side === 'client' })
      from.on('data', (chunk) => {
        for (const message of cut(chunk)) {
          if (!mayPass(message) || (isBoundary(message, side) && reached())) return end()
          to.write(message.bytes)
        }
      })
    }
  })

  /** Whether what was waited for is here, and has been done. */
  function reached(): boolean {
    passed += 1
    if (awaited?.boundary !== passed) return false
    awaited.act()
    awaited = undefined
    return true
  }

  const cut = () => {
    for (const { client, server } of lines) {
      client.resetAndDestroy()
      server.destroy()
    }
  }
  const each = (act: (socket: Socket) => void) => {
    for (const { client, server } of lines) [client, server].forEach(act)
  }
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening))
  return {
    // A TCP server that listens has an address of this form.
    port: (listener.address() as AddressInfo).port,
    cut,
    pause() {
      paused = true
      each((socket) => socket.pause())
    },
    resume() {
      paused = false
      each((socket) => socket.resume())
    },
    dropCommits(count) {
      commitsToDrop = count
    },
    get passed() {
      return passed
    },
    watch(boundary, act) {
      passed = 0
      awaited = boundary === undefined || act === undefined ? undefined : { boundary, act }
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise<void>((closed) => listener.close(() => closed()))
    },
  }
}
