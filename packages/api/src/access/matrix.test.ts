import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { permits } from '../platform/actor.ts'
import { routesOf } from '../platform/rest/table.ts'
import { appRouter } from '../runtime.ts'
import { matrixPage } from './matrix.ts'
import { everybody, type Person } from './people.ts'
import { procedures } from './procedures.ts'

const shop = await testShop()
const { url } = await served(shop)
const people = await everybody(shop)
const routes = Map.groupBy(routesOf(appRouter), ({ procedure }) => procedure)

/** Whoever comes through the door is told what is wrong with this, and nothing happens. */
const NO_INPUT = { noSuchField: 'no such input' }

type Door = 'allowed' | 'unauthenticated' | 'forbidden'

function doorOf(reason: unknown): Door | string {
  if (reason === 'unauthenticated' || reason === 'forbidden') return reason
  // What is no input is refused as such, behind the door.
  return reason === 'invalid_input' ? 'allowed' : String(reason)
}

async function overRpc(path: string, type: string, { headers }: Person): Promise<string> {
  const input = JSON.stringify({ json: NO_INPUT })
  const answer =
    type === 'mutation'
      ? await fetch(`${url}/trpc/${path}`, {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: input,
        })
      : await fetch(`${url}/trpc/${path}?input=${encodeURIComponent(input)}`, { headers })
  const text = await answer.text()
  // A stream is refused in its first event.
  return doorOf(/"reason":"(\w+)"/.exec(text)?.[1])
}

async function overRest(path: string, { headers }: Person): Promise<string[]> {
  const asked = (routes.get(path) ?? []).map(async ({ method, path }) => {
    const address = `${url}/rest/v1${path.replaceAll(/\{\w+\}/g, '%20')}`
    const withBody = method !== 'GET' && method !== 'DELETE'
    const answer = withBody
      ? await fetch(address, {
          method,
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: JSON.stringify(NO_INPUT),
        })
      : await fetch(`${address}?noSuchField=1`, { method, headers })
    const problem: { reason: string; status: number } = JSON.parse(await answer.text())
    expect(problem.status).toBe(answer.status)
    return doorOf(problem.reason)
  })
  return Promise.all(asked)
}

/** When everybody signed in. */
const signedIn = (when: string) => shop.runtime.orm.em.fork().execute(`update session set created_at = ${when}`)

test('every procedure lets in whom it should, and nobody else, over RPC and REST', async () => {
  await signedIn('now()')
  const opened = new Map<string, Set<string>>()
  for (const { path, type, meta } of procedures) {
    const names = new Set(permits(meta.access, { kind: 'system', name: 'x' }) === 'allowed' ? ['system'] : [])
    opened.set(path, names)
    await Promise.all(
      people.map(async (person) => {
        const rpc = await overRpc(path, type, person)
        const rest = await overRest(path, person)
        const doors = [rpc, ...rest]
        const expected = permits(meta.access, person.actor)
        expect({ path, who: person.name, doors }).toEqual({ path, who: person.name, doors: doors.map(() => expected) })
        if (rpc === 'allowed') names.add(person.name)
      }),
    )
  }
  const sorted = new Map([...opened].sort(([a], [b]) => (a < b ? -1 : 1)))
  await expect(matrixPage(sorted)).toMatchFileSnapshot('./matrix.md')
}, 300_000)

test('the shop’s own programs come through every door', async () => {
  for (const { path } of procedures) {
    const procedure = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), shop.system)
    const answer: Promise<unknown> = Reflect.apply(procedure as () => Promise<unknown>, undefined, [NO_INPUT])
    const reason = await answer.catch((error: { cause: { reason: string } }) => error.cause.reason)
    expect({ path, reason }).toEqual({ path, reason: 'invalid_input' })
  }
})

test('what asks staff for a recent login asks it of everybody who signs in', async () => {
  const older = people.find(({ name }) => name === 'staff with all')
  if (older === undefined) throw new Error('nobody holds all permissions')
  await signedIn(`now() - interval '16 minutes'`)
  const asked = new Set<string>()
  for (const { path, type, meta } of procedures) {
    const [rpc = '', ...rest] = [await overRpc(path, type, older), ...(await overRest(path, older))]
    for (const one of rest) expect({ path, one }).toEqual({ path, one: rpc })
    if (rpc === 'recent_login_required') asked.add(path)
    else expect({ path, rpc }).toEqual({ path, rpc: permits(meta.access, older.actor) })
  }
  const declared = procedures.filter(({ meta }) => meta.recentLogin && permits(meta.access, older.actor) === 'allowed')
  expect([...asked].sort()).toEqual(declared.map(({ path }) => path).sort())
})
