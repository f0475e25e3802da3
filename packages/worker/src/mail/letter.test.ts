import { expect, test } from 'vitest'
import { headerOf, link, paragraph, rows, toHtml, toText } from './letter.ts'

const evil = '"><script>alert(1)</script>\r\nBcc: everybody@example.com'

test('whatever people are called, a subject is one line', () => {
  expect(headerOf(`Hello ${evil}\u2028\u0000\u0085x`)).toBe(
    'Hello "><script>alert(1)</script> Bcc: everybody@example.com x',
  )
  expect(headerOf('x'.repeat(1000))).toHaveLength(200)
})

test('whatever people are called, a letter holds no markup but its own', () => {
  const letter = {
    subject: evil,
    blocks: [paragraph(evil), rows([[evil, evil]]), link(evil, new URL(`https://example.com/?q=${evil}`))],
  }
  const html = toHtml(letter)
  const own = ['!doctype', 'html', 'head', 'meta', 'title', 'body', 'p', 'table', 'tr', 'td', 'td', 'p', 'a']
  expect([...html.matchAll(/<([!a-z]+)/g)].map(([, name]) => name)).toEqual(own)
})

test('a letter says the same as text and as HTML', () => {
  const letter = {
    subject: 'Hello',
    blocks: [paragraph('Dear you,'), rows([['Total', '€1']]), link('Look', new URL('https://example.com/a'))],
  }
  expect(toText(letter)).toBe('Dear you,\n\nTotal: €1\n\nLook:\nhttps://example.com/a\n')
  for (const part of ['Dear you,', 'Total', '€1', 'Look', 'https://example.com/a']) {
    expect(toHtml(letter)).toContain(part)
  }
})
