import type { Config } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { Runtime } from './context.ts'
import { isAway } from './error-shape.ts'

/** EX_CONFIG of sysexits.h: supervisors know not to try again. */
const EX_CONFIG = 78

/** Runs a program. Settings it cannot run with end it with what is wrong, and the status that says so. */
export async function unlessRefused(program: () => Promise<void>): Promise<void> {
  try {
    await program()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(EX_CONFIG)
  }
}

/**
 * Refuses, in production, to work as a superuser of the database, as far as that can be known now: one that is away is asked
 * by nobody. Raises {@link ConfigError}.
 */
export async function assertPlainRole({
  orm,
  config,
}: Pick<Runtime, 'orm'> & { readonly config: Config }): Promise<void> {
  if (config.environment !== 'production' || config.database.allowSuperuser) return
  const asked: Promise<{ plain: boolean }[]> = orm.em
    .fork()
    .execute('select not rolsuper as plain from pg_roles where rolname = current_user')
  const [role] = await asked.catch((error: unknown) => {
    if (isAway(error)) return [{ plain: true }]
    throw error
  })
  if (role?.plain) return
  throw new ConfigError([
    'DATABASE_URL: is a superuser’s; give the shop a role that only reads and writes rows, or set DATABASE_ALLOW_SUPERUSER=true',
  ])
}
