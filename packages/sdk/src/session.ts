import { randomText } from './random.ts'

/**
 * What a caller holds to be known by: a session (or an API key), the token of a guest's cart, and what a device is told by
 * that has signed in before. The last opens nothing: a stranger's wrong passwords do not keep such a device out.
 */
export interface Credentials {
  session?: string | undefined
  guest?: string | undefined
  device?: string | undefined
}

/**
 * Where a program keeps one caller's credentials. Give each request of a server its own: two buyers must never share one.
 */
export interface SessionStore {
  get(): Credentials | undefined | Promise<Credentials | undefined>
  /** Takes all that is to be kept from now on; what is missing is to be forgotten. */
  set(credentials: Credentials): void | Promise<void>
}

/** One HTTP request. */
export type Send = (url: string, init: RequestInit & { headers: Record<string, string> }) => Promise<Response>

/**
 * Sends with the credentials of a store, in headers, and keeps what the shop hands back. A caller who changes something
 * and is nobody yet becomes a guest first, so that even the first call can be repeated safely and makes one cart.
 */
export function asProgram(store: SessionStore, send: Send): Send {
  const inTurn = oneAtATime()
  return async (url, init) => {
    let held = (await store.get()) ?? {}
    if (init.method === 'POST' && isNobody(held)) held = await inTurn(() => becomeGuest(store))
    const response = await send(url, { ...init, headers: { ...init.headers, ...headersOf(held) } })
    const session = response.headers.get('barrow-session')
    const guest = response.headers.get('barrow-guest')
    const device = response.headers.get('barrow-device')
    if (session !== null || guest !== null || device !== null) {
      await inTurn(async () => {
        const kept = (await store.get()) ?? {}
        await store.set(
          filled({
            session: session ?? kept.session,
            guest: guest ?? kept.guest,
            device: device ?? kept.device,
          }),
        )
      })
    }
    return response
  }
}

const isNobody = (held: Credentials): boolean => !held.session && !held.guest

async function becomeGuest(store: SessionStore): Promise<Credentials> {
  const held = (await store.get()) ?? {}
  if (!isNobody(held)) return held
  const guest = { ...held, guest: `bg_${randomText(32)}` }
  await store.set(guest)
  return guest
}

/** The shop takes a credential back by handing out an empty one. */
const filled = ({ session, guest, device }: Credentials): Credentials => ({
  ...(session && { session }),
  ...(guest && { guest }),
  ...(device && { device }),
})

function headersOf({ session, guest, device }: Credentials): Record<string, string> {
  return {
    'Barrow-Session': 'bearer',
    ...(session && { Authorization: `Bearer ${session}` }),
    ...(guest && { 'Barrow-Guest': guest }),
    ...(device && { 'Barrow-Device': device }),
  }
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    // Whoever asked for it hears of its failure; the next in line is not to blame for it.
    last = result.catch(() => undefined)
    return result
  }
}

/**
 * Sends with the browser's cookies. The first call that changes something is what brings a visitor their guest cookie:
 * until one has been answered they go one by one, since two at once would make two visitors and two carts.
 */
export function asBrowser(send: Send): Send {
  let known = false
  let first: Promise<Response> | undefined
  const withCookies: Send = (url, init) => send(url, { ...init, credentials: 'include' })
  const asFirst: Send = async (url, init) => {
    try {
      const response = await withCookies(url, init)
      known = true
      return response
    } finally {
      first = undefined
    }
  }
  return async (url, init) => {
    if (init.method !== 'POST') return withCookies(url, init)
    while (!known) {
      if (first === undefined) {
        first = asFirst(url, init)
        return first
      }
      // Its failure is its caller's to hear of: whoever waited is the first now.
      await first.catch(() => undefined)
    }
    return withCookies(url, init)
  }
}
