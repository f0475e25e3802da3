import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { serve } from '@barrow/api/serve'
import { complaintsOf } from '@barrow/dev/test-checkout'
import { goods } from '@barrow/dev/test-goods'
import { testShop } from '@barrow/dev/test-shop'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const MAX_GZIPPED = 20_000

/** A project of somebody else's, outside the repository, with the packed client installed from its file. */
let project = ''
let installed = ''
beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'barrow-blank-')))
  const sdk = dirname(import.meta.dirname)
  await run('npx', ['-y', 'pnpm@10.34.9', 'pack', '--pack-destination', project], { cwd: sdk })
  const [tarball = ''] = (await readdir(project)).filter((name) => name.endsWith('.tgz'))
  const manifest = { name: 'blank', type: 'module', private: true, dependencies: { '@barrow/sdk': `file:${tarball}` } }
  await write('package.json', JSON.stringify(manifest))
  // Without peers: the compiler is the one peer there is, and the project has its own.
  const quiet = ['--prefer-offline', '--legacy-peer-deps', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet], { cwd: project })
  installed = join(project, 'node_modules/@barrow/sdk')
}, 180_000)
afterAll(() => rm(project, { recursive: true }))

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true })
  await writeFile(join(project, file), text)
}

test('the package holds the client, its types, and no source', async () => {
  const files = await readdir(installed, { recursive: true })
  expect(files.filter((file) => file.includes('.')).sort()).toEqual([
    'README.md',
    'dist/index.d.ts',
    'dist/index.js',
    'dist/webhooks.d.ts',
    'dist/webhooks.js',
    'package.json',
  ])
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  expect(Object.keys(manifest.dependencies)).toEqual(['@trpc/client', '@trpc/server', 'superjson'])
  expect(JSON.stringify(manifest.exports)).not.toMatch(/src/)
})

test('its declarations name nothing but tRPC and superjson', async () => {
  const types = await readFile(join(installed, 'dist/index.d.ts'), 'utf8')
  const code = types.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const named = [...code.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) => name)
  expect([...new Set(named)].sort()).toEqual(['@trpc/client', '@trpc/server'])
  expect(code).not.toMatch(/zod|mikro|kysely|@barrow|\bany\b/i)
})

test('a strict project type-checks with it, libraries included, however it resolves modules', async () => {
  await write(
    'src/buy.ts',
    `import { type Category, createBarrow, formatMoney, isCommonError, iterate, type Order, safe } from '@barrow/sdk'
import { verifyWebhook } from '@barrow/sdk/webhooks'
const barrow = createBarrow({ url: 'http://localhost:4000' })
const names: string[] = []
for await (const category of iterate(barrow.category.list, {})) names.push(category.name)
const [category, error] = await safe(barrow.category.get.query({ slug: 'lamps' }))
if (error !== undefined && !isCommonError(error)) {
  const reason: 'category_not_found' = error.reason
  console.log(reason)
}
const shown: Category | undefined = category
const [order, trouble] = await safe(barrow.order.get.query({ orderId: 'order_x' }))
const bought: Order | undefined = order
const date: Date | undefined = bought?.createdAt
const oos = trouble?.reason === 'order_not_found' ? trouble.details : date
const happened: { name: string; occurredAt: Date } = await verifyWebhook('', new Headers(), 'whsec_')
console.log(happened.name)
// @ts-expect-error: there is no such field
console.log(oos, shown?.heading, formatMoney({ amount: 1999, currency: 'EUR' }))
`,
  )
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    }
    await write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }))
    expect(await complaintsOf(project, 'tsconfig.json')).toEqual([])
  }
})

test('bundled for a browser with all it needs, it is small', async () => {
  await write('src/page.js', `export * from '@barrow/sdk'\n`)
  await build({
    cwd: project,
    config: false,
    entry: 'src/page.js',
    outDir: 'bundle',
    platform: 'browser',
    dts: false,
    minify: true,
    logLevel: 'error',
    deps: { alwaysBundle: /./ },
  })
  const [file = '', ...others] = await readdir(join(project, 'bundle'))
  expect(others).toEqual([])
  const code = await readFile(join(project, 'bundle', file))
  expect(code.toString()).not.toMatch(/\bfrom\s*["']|\bimport\s*["'(]/)
  const gzipped = gzipSync(code, { level: 9 }).length
  process.stdout.write(`The client in a browser: ${code.length} bytes, ${gzipped} gzipped\n`)
  expect(gzipped).toBeLessThan(MAX_GZIPPED)
})

test('it buys in a running shop', async () => {
  const shop = await testShop()
  await goods(shop, { onHand: 5 })
  await shop.system.shippingMethod.create({ name: 'Parcel', prices: [{ currency: 'EUR', amount: 490 }] })
  await using server = serve(shop.runtime)
  const port = await server.listen(0, '127.0.0.1')
  await write('src/buy.js', purchase)
  const { stdout } = await run(process.execPath, [join(project, 'src/buy.js'), `http://127.0.0.1:${port}`])
  expect(stdout).toMatch(/^Goods \d+: [2-9C-Y]{3}-[2-9C-Y]{3}-[2-9C-Y]{3} authorised €24\.89\n$/)
})

const purchase = `import { createBarrow, formatMoney, iterate } from '@barrow/sdk'
let kept = {}
const session = { get: () => kept, set: (credentials) => { kept = credentials } }
const barrow = createBarrow({ url: process.argv[2], session })
for await (const card of iterate(barrow.product.list, { currency: 'EUR' })) {
  const { variants } = await barrow.product.get.query({ slug: card.slug, currency: 'EUR' })
  const { id: cartId } = await barrow.cart.create.mutate({ currency: 'EUR' })
  await barrow.cart.addLine.mutate({ cartId, variantId: variants.rows[0].id })
  const shippingAddress = { name: 'Ada Example', line1: '1 Example Street', city: 'Berlin', postalCode: '10115', countryCode: 'DE' }
  await barrow.cart.setDetails.mutate({ cartId, email: 'ada@example.com', shippingAddress })
  const { rows: [parcel] } = await barrow.shippingMethod.available.query({ currency: 'EUR', countryCode: 'DE' })
  const { quote } = await barrow.cart.setShippingMethod.mutate({ cartId, shippingMethodId: parcel.id })
  const order = await barrow.order.place.mutate({ cartId, quote, paymentMethod: 'test_accept' })
  console.log(\`\${card.title}: \${order.number} \${order.status} \${formatMoney({ amount: order.total, currency: order.currency }, 'en-IE')}\`)
}
`
