import { readOptionalText } from './cells.ts'
import type { ParsedProduct, ProductStatus } from './product.ts'
import type { Remarks, Row } from './remarks.ts'

type Details = Pick<
  ParsedProduct,
  'title' | 'description' | 'vendor' | 'type' | 'tags' | 'status' | 'seoTitle' | 'seoDescription'
>

const maxDescriptionBytes = 64 * 1024

/**
 * What a row says of the product itself. Only the title can refuse the product (when it is too long, the answer is
 * undefined); any other text that is over its limit is left out and noted.
 */
export function readDetails(row: Row, remarks: Remarks): Details | undefined {
  const title = row.text('title')
  if (title.length > 255) {
    remarks.refuse(row, 'title', 'is longer than 255 characters')
    return undefined
  }
  return {
    title,
    description: readDescription(row, remarks),
    vendor: readOptionalText(row, 'vendor', 255, remarks),
    type: readOptionalText(row, 'type', 255, remarks),
    tags: readTags(row, remarks),
    status: readStatus(row, remarks),
    seoTitle: readOptionalText(row, 'seoTitle', 255, remarks),
    seoDescription: readOptionalText(row, 'seoDescription', 1000, remarks),
  }
}

function readDescription(row: Row, remarks: Remarks): string {
  const description = row.verbatim('description')
  if (Buffer.byteLength(description) <= maxDescriptionBytes) return description
  remarks.note(row, 'description', 'is longer than 64 KiB and was left out')
  return ''
}

function readTags(row: Row, remarks: Remarks): string[] {
  const stated = row.text('tags').split(',')
  const tags = [...new Set(stated.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
  const short = tags.filter((tag) => tag.length <= 100)
  if (short.length < tags.length) remarks.note(row, 'tags', 'has tags of more than 100 characters, which were left out')
  if (short.length > 250) remarks.note(row, 'tags', 'has more than 250 tags; the first 250 were taken')
  return short.slice(0, 250)
}

/**
 * What a shopper could not see or could not be sold comes in as a draft, so that an import never puts on sale what was
 * hidden: products taken off the online store, unlisted ones, gift cards, and states not known here.
 */
function readStatus(row: Row, remarks: Remarks): ProductStatus {
  const stated = row.text('status').toLowerCase()
  if (stated === 'archived' || stated === 'draft') return stated

  if (stated !== '' && stated !== 'active') {
    remarks.note(row, 'status', 'is not a state known here; taken as draft')
    return 'draft'
  }
  if (row.text('giftCard').toLowerCase() === 'true') {
    remarks.note(row, 'giftCard', 'is a gift card, whose codes are not issued here; taken as draft')
    return 'draft'
  }
  if (row.text('published').toLowerCase() === 'false') {
    if (stated === 'active') remarks.note(row, 'published', 'is active but not on the online store; taken as draft')
    return 'draft'
  }
  return 'active'
}
