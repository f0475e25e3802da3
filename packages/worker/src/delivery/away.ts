import { expect, test } from 'vitest'
import type { Kit } from './contract.ts'
import type { Stage } from './stage.ts'

/** What holds of carriers that are servers of their own, which may be away while the shop goes on. */
export function withoutCarrier(stage: () => Stage, { publish, allHeard, publishUntilHeard }: Kit): void {
  test('while what carries the events is away workers find them in the inbox; it comes back empty, and nothing is lost', async () => {
    await stage().startWorker({ WORKER_GRACE_SECONDS: '1' })
    await publishUntilHeard()
    const onTheirWay = await publish(20, 5)
    await stage().killCarrier()
    await stage().wipeCarrier()
    const meanwhile = await publish(20, 5)
    await allHeard(meanwhile, 5)
    await stage().reviveCarrier()
    await stage().initCarrier()
    await allHeard(onTheirWay, 5)
    stage().killWorkers()

    const worker = await stage().startWorker()
    await publishUntilHeard()
    await allHeard(await publish(10, 2), 2)
    await worker.stop()
  })

  test('a worker starts and works without what carries the events, and takes it up when it comes', async () => {
    await stage().killCarrier()
    const worker = await stage().startWorker({ WORKER_GRACE_SECONDS: '1' })
    await allHeard(await publish(5, 2), 2)
    await worker.stop()
    const patient = await stage().startWorker()
    await stage().reviveCarrier()
    await publishUntilHeard()
    expect(patient.hangs).toBe(0)
    await patient.stop()
  })

  test('a worker that is told to stop while what carries its events is away ends well, within ten seconds', async () => {
    const began = await stage().startWorker({ WORKER_GRACE_SECONDS: '1' })
    await publishUntilHeard()
    await stage().killCarrier()
    await allHeard(await publish(5, 2), 2)
    const never = await stage().startWorker({ WORKER_GRACE_SECONDS: '1' })
    expect(await Promise.all([began.stop(), never.stop()])).toEqual(['exit code 0', 'exit code 0'])
    await stage().reviveCarrier()
  })

  test('a worker that is told to stop while what carries its events answers nothing ends well, within ten seconds', async () => {
    const worker = await stage().startWorker({ WORKER_GRACE_SECONDS: '1' })
    await publishUntilHeard()
    await stage().pauseCarrier()
    await allHeard(await publish(5, 2), 2)
    expect(await worker.stop()).toBe('exit code 0')
    await stage().resumeCarrier()
  })

  test('a shop that moves from one carrier to another while it works loses nothing and doubles nothing', async () => {
    const grace = { WORKER_GRACE_SECONDS: '1' }
    const before = await Promise.all([
      stage().startWorker({ ...grace, TRANSPORT: 'postgres' }),
      stage().startWorker(grace),
    ])
    const keys = await publish(40, 5)
    await stage().startWorker(grace)
    keys.push(...(await publish(40, 5)))
    await before[0].stop()
    keys.push(...(await publish(40, 5)))
    await allHeard(keys, 5)
  })
}
