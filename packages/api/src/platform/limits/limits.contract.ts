import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Limits } from '../ports/limits.ts'

/** The promises of the port: every store keeps all of them. Two processes share it. */
export function keepsLimitsContract(processes: readonly [Limits, Limits]): void {
  const [one, other] = processes
  const someone = () => randomUUID()

  test('no more are let through than there are points, by however many processes at once', async () => {
    const who = someone()
    const all = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).take('checkout', who)))
    expect(all.filter(({ allowed }) => allowed)).toHaveLength(10)
    const refused = await one.take('checkout', who)
    expect(refused).toMatchObject({ allowed: false, points: 10, windowSeconds: 60, remaining: 0 })
    expect(refused.resetMs).toBeGreaterThan(0)
    expect(refused.resetMs).toBeLessThanOrEqual(60_000)
    expect(await one.take('checkout', someone())).toMatchObject({ allowed: true, remaining: 9 })
  })

  test('what is counted later is counted at once here, and a moment later by all', async () => {
    const who = someone()
    for (let n = 0; n < 60; n++) expect((await one.take('search', who)).allowed).toBe(true)
    expect(await one.take('search', who)).toMatchObject({ allowed: false, firstRefusal: true })
    expect(await other.take('search', who)).toMatchObject({ allowed: true, remaining: 59 })
    await expect
      .poll(async () => (await other.take('search', who)).allowed, { timeout: 10_000, interval: 200 })
      .toBe(false)
    expect((await other.take('search', someone())).allowed).toBe(true)
  })

  test('the first that is refused is told apart from the others', async () => {
    const who = someone()
    const all = []
    for (let n = 0; n < 14; n++) all.push(await one.take('login', who))
    expect(all.filter(({ firstRefusal }) => firstRefusal)).toHaveLength(1)
    expect(all[10]).toMatchObject({ allowed: false, firstRefusal: true })
  })

  test('what is given back can be taken again, by another process too', async () => {
    const who = someone()
    for (let n = 0; n < 10; n++) await one.take('login', who)
    expect((await other.take('login', who)).allowed).toBe(false)
    await one.giveBack('login', who)
    await one.giveBack('login', who)
    expect((await other.take('login', who)).allowed).toBe(true)
  })

  test('who is held is refused for so long, and who is forgotten begins anew', async () => {
    const who = someone()
    await one.hold('login-account', who, 900)
    const held = await other.take('login-account', who)
    expect(held.allowed).toBe(false)
    expect(held.resetMs).toBeGreaterThan(600_000)
    expect(await one.strikes('login-account', who, 1)).toBe(1)
    expect(await other.strikes('login-account', who, 1)).toBe(2)
    expect(await one.strikes('login-account', who, 0)).toBe(2)
    await other.forget('login-account', who)
    expect(await one.take('login-account', who)).toMatchObject({ allowed: true, remaining: 4 })
    expect(await one.strikes('login-account', who, 0)).toBe(0)
  })

  test('all points may be taken at once', async () => {
    const who = someone()
    expect(await one.take('login-account', who, 5)).toMatchObject({ allowed: true, remaining: 0 })
    expect((await other.take('login-account', who, 5)).allowed).toBe(false)
  })
}
