import { domainToASCII } from 'node:url'

const LOCAL = /^[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\]]{1,64}$/u
const DOMAIN = /^(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/

/**
 * One address that mail can go to, its domain as name servers know it (`bücher.example` is `xn--bcher-kva.example`);
 * undefined for anything else: two addresses, a name with one, a line break, an address in quotes or a literal one.
 */
export function mailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const domain = domainToASCII(text.slice(at + 1))
  return LOCAL.test(local) && DOMAIN.test(domain) ? `${local}@${domain}` : undefined
}
