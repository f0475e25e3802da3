import { afterAll, expect, test } from 'vitest'
import { openBrowser } from '../test-browser.ts'
import { served } from '../test-serve.ts'
import { testShop } from '../test-shop.ts'

const shop = await testShop()
const { port } = await served(shop)
const url = `http://localhost:${port}`
const browser = await openBrowser()
afterAll(() => browser.close())

test('the page of the resources is read and tried in a browser, within what it may load', async () => {
  await shop.system.category.create({ slug: 'tried', name: 'Tried out' })
  const window = await browser.newPage()
  window.setDefaultTimeout(120_000)
  const wrong: string[] = []
  const elsewhere: string[] = []
  window.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text())
  })
  window.on('pageerror', (error) => wrong.push(String(error)))
  window.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url) elsewhere.push(request.url())
  })
  await window.goto(`${url}/rest/v1/docs`, { waitUntil: 'load' })
  const operation = window.locator('.opblock-get', { has: window.locator('[data-path="/categories"]') })
  // Tags are closed at first: a page of 200 resources opens at its contents.
  for (const tag of await window.locator('.opblock-tag').all()) {
    if ((await operation.count()) > 0) break
    await tag.click()
  }
  await operation.locator('.opblock-summary-control').click()
  await operation.locator('button.execute').click()
  const answer = operation.locator('.live-responses-table')
  await answer.waitFor()
  expect(await answer.locator('tbody .response-col_status').first().textContent()).toMatch(/^200/)
  expect(await answer.textContent()).toContain('Tried out')
  expect({ wrong, elsewhere }).toEqual({ wrong: [], elsewhere: [] })
})
