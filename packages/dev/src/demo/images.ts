import { categories } from './categories.ts'
import { backdrops } from './drawing/backdrops.ts'
import { motifs } from './drawing/motifs.ts'
import { oval } from './drawing/shapes.ts'
import { palettes } from './palettes.ts'
import type { DemoProduct } from './types.ts'

/**
 * The picture of a demo product: a self-contained SVG of 800 by 800, the same for the same product every time. What is
 * drawn and in which colour is the product's own; what stands behind it comes from the part of the shop it is in.
 *
 * @throws Error when the product is in no known part of the shop.
 */
export function renderProductImage({ category, image }: Pick<DemoProduct, 'category' | 'image'>): string {
  const palette = palettes[image.colour]
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800" role="img">',
    `<title>${escaped(image.alt)}</title>`,
    `<rect width="800" height="800" fill="${palette.ground}"/>`,
    backdropOf(category)(palette),
    oval(400, 640, 240, 20, palette.shade, 0.28),
    rounded(motifs[image.motif](palette)),
    '</svg>\n',
  ].join('')
}

function backdropOf(category: string): (typeof backdrops)[keyof typeof backdrops] {
  const { parent, slug } = categories.find((candidate) => candidate.slug === category) ?? {}
  if (parent) return backdropOf(parent)
  if (slug === 'home' || slug === 'outdoor' || slug === 'clothing' || slug === 'garden') return backdrops[slug]
  throw new Error(`No backdrop for the category "${category}"`)
}

/** Coordinates are worked out in binary fractions: 436.79999999999995 is 436.8. */
function rounded(shapes: string): string {
  return shapes.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
