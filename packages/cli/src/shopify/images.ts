import { readOptionalText, readUrl } from './cells.ts'
import type { ParsedImage } from './product.ts'
import type { Remarks, Row } from './remarks.ts'

/**
 * The images of a run of rows, one of each address, in the order of their stated positions and then of the file;
 * numbered from 1. An unusable address is noted where the row has a variant too, and refuses the row where not.
 */
export function readImages(rows: Row[], hasVariant: (row: Row) => boolean, remarks: Remarks): ParsedImage[] {
  const found = new Map<string, { url: string; stated: number; alt: string }>()
  for (const row of rows) {
    const { url, usable } = readUrl(row, 'imageUrl')
    if (!usable && hasVariant(row)) remarks.note(row, 'imageUrl', 'is not an http(s) address and was left out')
    else if (!usable) remarks.refuse(row, 'imageUrl', 'is not an http(s) address')
    if (url === null) continue

    const alt = readOptionalText(row, 'imageAlt', 512, remarks)
    const known = found.get(url)
    if (known) known.alt ||= alt
    else found.set(url, { url, alt, stated: readPosition(row, remarks) })
  }
  return [...found.values()]
    .sort((a, b) => (a.stated === b.stated ? 0 : a.stated - b.stated))
    .map(({ url, alt }, index) => ({ url, position: index + 1, alt }))
}

function readPosition(row: Row, remarks: Remarks): number {
  const text = row.text('imagePosition')
  if (/^\d{1,6}$/.test(text)) return Number(text)
  if (text !== '') remarks.note(row, 'imagePosition', 'is not a position; the image was put last')
  return Number.POSITIVE_INFINITY
}
