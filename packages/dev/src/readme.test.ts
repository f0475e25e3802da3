import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { readConfig } from '@barrow/api/runtime'
import { serve } from '@barrow/api/serve'
import { expect, test } from 'vitest'
import { loadDemo } from './demo/load.ts'
import { startProcess } from './processes.ts'
import { blocks, envExampleFile, readme, root } from './readme.ts'
import { withReference } from './reference/reference.ts'
import { envExample } from './reference/settings.ts'
import { checkout } from './test-checkout.ts'
import { testShop } from './test-shop.ts'
import { snippet } from './welcome.ts'

test('the reference and the settings in the README are those of the code', async () => {
  expect(await withReference(readme()), 'run: pnpm reference').toBe(readme())
})

const tour = blocks(readme()).filter(({ label }) => !label.includes('/shop/brand/'))

test('the example of an environment names every setting and gives no secret away', () => {
  const example = readFileSync(envExampleFile, 'utf8')
  expect(example, 'run: pnpm reference').toBe(envExample())
  const settings = parseEnv(example)
  for (const [name, value] of Object.entries(settings))
    if (/SECRET|TOKEN|PASSWORD|^(DATABASE|REDIS|SMTP|.*_REDIS)_/.test(name) && /[a-z]/i.test(value ?? ''))
      expect([name, value]).toEqual([name, expect.stringMatching(/^(false|true|required|none|lax)$/)])
  // Whoever copies it as it is gets no shop, but is told what is missing.
  expect(() => readConfig(settings)).toThrow(/DATABASE_URL: (.|\n)*SECRET: /)
})

test('the programs of the tour compile, and so does what `dev` gives to paste', async () => {
  await using copy = await checkout()
  const files = [...tour, { label: 'packages/sdk/tour/snippet.ts', code: snippet('http://localhost:4000').join('\n') }]
  expect(files.length).toBeGreaterThan(3)
  for (const { label, code } of files) await copy.write(label, code)
  expect(await copy.complaints(files.map(({ label }) => label))).toEqual([])
})

test('the purchase of the tour ends confirmed in the demo shop, and the snippet lists it', async () => {
  await using copy = await checkout()
  const media = join(copy.root, 'media')
  const shop = await testShop({ env: { MEDIA_DIR: media } })
  await loadDemo(shop.runtime, { accountsFile: join(copy.root, 'accounts.json') })
  await using server = serve(shop.runtime)
  const url = `http://localhost:${await server.listen(0, 'localhost')}`
  const worker = startProcess({
    name: 'worker',
    command: process.execPath,
    args: [join(root, 'packages/worker/src/main.ts')],
    env: shop.env,
    onLine: () => {},
  })
  try {
    const purchase = tour.find(({ label }) => label.endsWith('purchase.ts'))?.code.replace('http://localhost:4000', url)
    expect(await output(copy.root, 'purchase', purchase ?? '')).toMatch(/^to pay: .+\n(.+ \w+\n)*.+ confirmed\n$/)
    expect(await output(copy.root, 'snippet', snippet(url).join('\n'))).toMatch(/€.+\n/)
  } finally {
    await worker.stop()
  }
})

/** What a program says that uses the SDK of this checkout. */
async function output(folder: string, name: string, code: string): Promise<string> {
  const file = join(folder, 'packages/sdk', `${name}.ts`)
  await writeFile(file, code.replaceAll("'@barrow/sdk'", "'./src/index.ts'"))
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  const [status] = await once(child, 'close')
  expect(status, said).toBe(0)
  return said
}
