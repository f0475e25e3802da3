// Starts a Redis, tells where its process is to be found, and holds it until it is ended from outside.
import { startService } from '../services.ts'

const redis = await startService('redis')
process.stdout.write(`${redis.env.REDIS_URL}\n`)
setInterval(() => {}, 1000)
