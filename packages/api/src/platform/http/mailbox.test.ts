import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { expect, test } from 'vitest'
import { serve } from '../../serve.ts'

const shop = await testShop({ env: { NODE_ENV: 'development' } })
const { url: origin } = await served(shop)
const url = (path: string) => `${origin}${path}`

const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'

test('the development mailbox lists and shows messages, and whatever is in them stays text', async () => {
  await shop.runtime.mail.send({
    id: 'event_1.mail@example.com',
    to: 'a@example.com',
    subject: evil,
    text: evil,
    html: evil,
    date: new Date(),
  })
  const list = await fetch(url('/mailbox'))
  const listed = await list.text()
  expect(listed).not.toContain('<script>')
  const path = /href="(\/mailbox\/[^"]+)"/.exec(listed)?.[1] ?? ''
  const page = await fetch(url(path))
  const shown = await page.text()
  expect(page.status).toBe(200)
  expect(shown).toContain('<iframe sandbox')
  expect(shown).not.toContain('<script>')
  expect(shown).not.toContain('<img')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await fetch(url('/mailbox/nothing'))).status).toBe(404)
})

test('in production there is neither mailbox nor test bank', async () => {
  const real = serve({ ...shop.runtime, config: { ...shop.runtime.config, environment: 'production' } })
  const port = await real.listen(0, '127.0.0.1')
  for (const path of ['/mailbox', '/mailbox/x', '/test-bank/attempt_01k9zzzzzzzzzzzzzzzzzzzzzz']) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404)
  }
  await real[Symbol.asyncDispose]()
})
