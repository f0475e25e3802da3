import { join } from 'node:path'
import { build } from 'tsdown'
import { carry } from './carry.ts'

export const programs = ['api', 'worker', 'cli'] as const
export type Program = (typeof programs)[number]

const packages = join(import.meta.dirname, '..', '..', '..')

/** Compiled for each platform. */
const native = '@node-rs/argon2'
/** What lies beside each program as a package: what is compiled, and files that the API hands out. */
const carried: Record<Program, readonly string[]> = {
  api: [native, 'swagger-ui-dist'],
  worker: [native],
  cli: [native],
}
/** What the ORM would load for databases that Barrow does not use. */
const never = ['@mikro-orm/mysql', '@mikro-orm/sqlite', 'better-sqlite3', 'dataloader']

/** Writes a program and all it needs to `folder`: to run it there takes Node and nothing else. */
export async function bundle(program: Program, folder: string): Promise<void> {
  await build({
    cwd: join(packages, program),
    config: false,
    entry: { main: 'src/main.ts' },
    outDir: folder,
    platform: 'node',
    target: 'node24',
    dts: false,
    logLevel: 'error',
    // Its main module reads a file beside it.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    deps: { alwaysBundle: /./, neverBundle: [native, ...never], onlyImport: [native, ...never] },
  })
  for (const name of carried[program]) await carry(name, join(packages, 'api'), join(folder, 'node_modules'))
}
