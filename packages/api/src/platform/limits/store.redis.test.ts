import { startService } from '@barrow/dev/services'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll } from 'vitest'
import { createRuntime, readConfig } from '../../runtime.ts'
import { keepsLimitsContract } from './limits.contract.ts'

const redis = await startService('redis')
const env = { LIMITS_SCALE: '1', LIMITS_REDIS_URL: redis.env.REDIS_URL }
const shop = await testShop({ env })
const other = await createRuntime(readConfig(shop.env))
afterAll(async () => {
  await other.close()
  await redis[Symbol.asyncDispose]()
})

keepsLimitsContract([shop.runtime.limits, other.limits])
