import { randomBytes, randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createAdmin } from '@barrow/api/auth'
import { createCaller, createContext, type Runtime } from '@barrow/api/runtime'
import { z } from 'zod'

const Login = z.strictObject({ email: z.email(), password: z.string().min(15) })
const Accounts = z.strictObject({ customer: Login, admin: Login })

/** Logins of the demo shop. Development only: the passwords are shown and kept in the clear. */
export type DemoAccounts = Readonly<z.infer<typeof Accounts>>

type Caller = ReturnType<typeof createCaller>

const ADMIN = 'admin@example.com'

/** The demo admin is the last thing that loading makes. */
export const isLoaded = (caller: Caller): Promise<boolean> => exists(caller, ADMIN)

/** The logins of this checkout, made with the first call: passwords are random, and written down before they are used. */
export async function demoAccounts(runtime: Runtime, caller: Caller, file: string): Promise<DemoAccounts> {
  const accounts = (await read(file)) ?? (await write(file, await fresh(caller)))
  const { customer, admin } = accounts
  if (!(await exists(caller, customer.email))) {
    await createCaller(runtime, { kind: 'guest', guest: null }).auth.register({ ...customer, name: 'Demo Customer' })
  }
  if (!(await exists(caller, admin.email))) {
    const context = createContext(runtime, {
      actor: { kind: 'system', name: 'demo' },
      action: 'demo.load',
      requestId: randomUUID(),
      credentials: { setSession: () => {}, setGuest: () => {} },
    })
    await createAdmin(context, { ...admin, name: 'Demo Admin' })
  }
  return accounts
}

async function exists(caller: Caller, email: string): Promise<boolean> {
  const { rows } = await caller.user.list({ text: email, limit: 100 })
  return rows.some((user) => user.email === email)
}

/** Another checkout's accounts of the same shop have passwords that are not known here: this one gets its own. */
async function fresh(caller: Caller): Promise<DemoAccounts> {
  const taken = await isLoaded(caller)
  const suffix = taken ? `-${randomBytes(3).toString('hex')}` : ''
  const login = (name: string) => ({
    email: `${name}${suffix}@example.com`,
    password: randomBytes(12).toString('base64url'),
  })
  return { customer: login('customer'), admin: login('admin') }
}

async function read(file: string): Promise<DemoAccounts | undefined> {
  try {
    return Accounts.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function write(file: string, accounts: DemoAccounts): Promise<DemoAccounts> {
  await writeFile(`${file}.part`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.part`, file)
  return accounts
}
