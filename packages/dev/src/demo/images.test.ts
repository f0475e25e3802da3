import { describe, expect, it } from 'vitest'
import { products } from './catalogue.ts'
import { renderProductImage } from './images.ts'

const pictures = products.map((product) => ({ slug: product.slug, svg: renderProductImage(product) }))

describe('the pictures of the demo shop', () => {
  it('are well-formed XML of one svg element', () => {
    for (const { slug, svg } of pictures) expect(faultIn(svg), slug).toBeNull()
  })

  it('are 800 by 800 and below 8 KB', () => {
    for (const { slug, svg } of pictures) {
      expect(svg, slug).toContain('viewBox="0 0 800 800" width="800" height="800"')
      expect(Buffer.byteLength(svg), slug).toBeLessThan(8 * 1024)
    }
  })

  it('refer to nothing outside themselves and run nothing', () => {
    for (const { slug, svg } of pictures) {
      const [, ...addresses] = svg.match(/https?:\/\/[^"]*/g) ?? []
      expect(addresses, slug).toEqual([])
      expect(svg, slug).not.toMatch(/<(script|image|use|style|foreignObject|a)\b|href|url\(|\son\w+=/i)
    }
  })

  it('differ from product to product, and not from one drawing to the next', () => {
    expect(new Set(pictures.map(({ svg }) => svg)).size).toBe(products.length)
    expect(new Set(products.map(({ image }) => image.motif)).size).toBe(products.length)
    expect(products.map(renderProductImage)).toEqual(pictures.map(({ svg }) => svg))
  })

  it('hold no number that came out wrong', () => {
    for (const { slug, svg } of pictures) expect(svg, slug).not.toMatch(/NaN|undefined|Infinity|-?\d\.\d{7}/)
  })

  it('say what they show', () => {
    for (const [index, { image }] of products.entries()) {
      expect(pictures[index]?.svg).toContain(`<title>${image.alt}</title>`)
    }
  })

  it('cannot be drawn for a category that the shop does not have', () => {
    const [first] = products
    if (!first) throw new Error('The demo shop is empty')

    expect(() => renderProductImage({ ...first, category: 'nowhere' })).toThrow(
      'No backdrop for the category "nowhere"',
    )
  })
})

/** What keeps a text of elements and attributes from being well-formed XML, or null. */
function faultIn(xml: string): string | null {
  const open: string[] = []
  let roots = 0
  let rest = xml.trim()
  while (rest !== '') {
    const tag = /^<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z:-]+="[^"<&]*")*)\s*(\/?)>/.exec(rest)
    const text = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+/.exec(rest)
    if (!tag && (!text || open.length === 0)) return `unexpected: ${rest.slice(0, 40)}`
    if (tag) {
      const [, closing, name = '', attributes = '', selfClosing] = tag
      const names = [...attributes.matchAll(/([a-zA-Z:-]+)="/g)].map(([, attribute]) => attribute)
      if (new Set(names).size < names.length) return `an attribute twice: ${tag[0]}`
      if (closing && open.pop() !== name) return `not open: ${name}`
      if (!closing && open.length === 0) roots++
      if (!closing && !selfClosing) open.push(name)
    }
    rest = rest.slice((tag ?? text)?.[0].length ?? 0)
  }
  if (roots !== 1) return `${roots} root elements`
  return open.length > 0 ? `left open: ${open.join(' ')}` : null
}
