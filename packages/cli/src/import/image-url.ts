import { ImageUrl } from '@barrow/api/product'

/**
 * The address under which the shop keeps an image: its own files by path, others by https and with every character
 * encoded that does not belong in an address. Null when nothing of the kind can be made of it. Nothing is fetched.
 */
export function keptUrl(url: string, publicUrl: string): string | null {
  if (url.startsWith(`${publicUrl}/media/`)) return accepted(url.slice(publicUrl.length))
  const secure = url.replace(/^http:\/\//i, 'https://')
  return accepted(secure) ?? accepted(new URL(secure).href.replaceAll("'", '%27'))
}

/** The other way: an address that means the same outside this shop. */
export const publicUrlOf = (url: string, publicUrl: string): string => (url.startsWith('/') ? publicUrl + url : url)

function accepted(url: string): string | null {
  return ImageUrl.safeParse(url).success ? url : null
}
