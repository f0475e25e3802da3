/** A letter's content, said once: it is rendered as plain text and as HTML. Values are text of people, never markup. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }

export interface Letter {
  readonly subject: string
  readonly blocks: readonly Block[]
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text })
export const rows = (rows: readonly (readonly [label: string, value: string])[]): Block => ({ kind: 'rows', rows })
export const link = (label: string, url: URL): Block => ({ kind: 'link', label, url: url.href })

/** A subject is one line whatever is in it: a line break would begin another header. */
export const headerOf = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200)

export function toText({ blocks }: Letter): string {
  const parts = blocks.map((block) => {
    if (block.kind === 'paragraph') return block.text
    if (block.kind === 'link') return `${block.label}:\n${block.url}`
    return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n')
  })
  return `${parts.join('\n\n')}\n`
}

export function toHtml({ subject, blocks }: Letter): string {
  const parts = blocks.map((block) => {
    if (block.kind === 'paragraph') return `<p>${escaped(block.text)}</p>`
    if (block.kind === 'link') return `<p><a href="${escaped(block.url)}">${escaped(block.label)}</a></p>`
    const lines = block.rows.map(([label, value]) => `<tr><td>${escaped(label)}</td><td>${escaped(value)}</td></tr>`)
    return `<table cellpadding="6">${lines.join('')}</table>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="font-family: sans-serif; max-width: 36em; margin: 2em auto">${parts.join('\n')}</body></html>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
