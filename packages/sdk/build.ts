import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build, type UserConfig } from 'tsdown'

// What is published: the client as one ES module, and its types as one file; beside it, alone, what receivers of webhooks
// need. The types are the contract's as the compiler prints them, so that nothing of the server's, nor of the libraries it
// is built on, is needed to read them.

const here = import.meta.dirname
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const printed = await realpath(await mkdtemp(join(tmpdir(), 'barrow-types-')))
const common: UserConfig = { cwd: here, config: false, platform: 'neutral', target: 'es2023', logLevel: 'error' }

/** Turns the client towards the printed contract: the bundler would look for the real one. */
async function linkContract(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replaceAll(`'@barrow/api/contract'`, `'../../api/src/contract.ts'`))
  }
}

try {
  await promisify(execFile)(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json'), '--outDir', printed])
  await linkContract(join(printed, 'sdk/src'))
  await build({ ...common, entry: ['src/index.ts', 'src/webhooks.ts'], dts: false, deps: { neverBundle: true } })
  await build({
    ...common,
    entry: { index: join(printed, 'sdk/src/index.d.ts'), webhooks: join(printed, 'sdk/src/webhooks.d.ts') },
    clean: false,
    dts: { dtsInput: true, emitDtsOnly: true },
    deps: { neverBundle: /^[a-z@][^:]*$/ },
    // tRPC's types name `AsyncDisposable`, which a project's own `lib` may be too old to have.
    banner: { dts: '/// <reference lib="esnext.disposable" />' },
    treeshake: { moduleSideEffects: false },
  })
} finally {
  await rm(printed, { recursive: true })
}
