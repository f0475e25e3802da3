import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Actor,
  createCaller,
  createRuntime,
  type Overrides,
  type Permission,
  type Runtime,
  readConfig,
} from '@barrow/api/runtime'
import { afterAll, inject } from 'vitest'
import { createTestDatabase } from './test-database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string
    template: string
  }
}

export type Caller = ReturnType<typeof createCaller>

export interface TestShop {
  readonly runtime: Runtime
  /** What a process of the shop would be started with. */
  readonly env: Readonly<Record<string, string>>
  /** Calls as any actor; with a key, the call is made once however often it is repeated. */
  as(actor: Actor, idempotencyKey?: string): Caller
  /** Calls as a program of the shop, which may do everything. */
  readonly system: Caller
  /** Calls as a member of staff with just these permissions. */
  staff(...permissions: Permission[]): Caller
  /** Calls as a new visitor, with a cart token of their own. */
  guest(): Caller
}

/** A shop of this test file's own, on its own database; closed and dropped after its tests. */
export async function testShop(overrides: Overrides & { env?: Record<string, string> } = {}): Promise<TestShop> {
  const database = await createTestDatabase({ serverUrl: inject('serverUrl'), template: inject('template') })
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    // The least that is allowed: hashes are not what most tests are about.
    PASSWORD_HASH_KIB: '19456',
    PASSWORD_HASH_PASSES: '2',
    // A slow machine is not what these tests are about.
    DATABASE_TIMEOUT_MS: '60000',
    HTTP_MAX_LAG_MS: '60000',
    // Nor how often one address may call: who tests that says so.
    LIMITS_SCALE: '1000',
    MAILBOX_DIR: join(tmpdir(), `barrow-mailbox-${randomUUID()}`),
    ...overrides.env,
  }
  const runtime = await createRuntime(readConfig(env), overrides)
  afterAll(async () => {
    await runtime.close()
    await database.drop()
  })
  const as: TestShop['as'] = (actor, idempotencyKey) =>
    createCaller(runtime, actor, idempotencyKey === undefined ? {} : { idempotencyKey })
  return {
    runtime,
    env,
    as,
    system: as({ kind: 'system', name: 'test' }),
    staff: (...permissions) =>
      as({
        kind: 'staff',
        userId: 'user_00000000000000000000000000',
        sessionId: 'test',
        admin: false,
        assurance: 'recent',
        permissions,
      }),
    guest: () => as({ kind: 'guest', guest: randomUUID() }),
  }
}
