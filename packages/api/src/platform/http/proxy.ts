import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** Whose word counts about where a request comes from: so many proxies in a row, or proxies in these networks. */
export type ProxyTrust = { readonly hops: number } | { readonly networks: BlockList }

/** Reads TRUST_PROXY: a number of proxies, or their addresses and networks by commas; undefined when it is neither. */
export function readTrust(text: string): ProxyTrust | undefined {
  if (/^\d{1,2}$/.test(text)) return { hops: Number(text) }
  const networks = new BlockList()
  for (const part of text.split(',').map((part) => part.trim())) {
    const [address = '', prefix, ...more] = part.split('/')
    const version = isIP(address)
    const bits = version === 6 ? 128 : 32
    if (version === 0 || more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined
    if (Number(prefix ?? bits) > bits) return undefined
    networks.addSubnet(address, Number(prefix ?? bits), version === 6 ? 'ipv6' : 'ipv4')
  }
  return { networks }
}

const FORWARDED =
  /^(forwarded|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-cluster-client-ip)$/

/**
 * The address of who sent a request: that of the connection, or what trusted proxies say of it. Nothing they did not say
 * themselves counts, however long a list the sender made up. What is said besides is removed, so that nothing reads it.
 */
export function senderOf(request: IncomingMessage, trust: ProxyTrust): string {
  const said = request.headers['x-forwarded-for']
  for (const name in request.headers) if (FORWARDED.test(name)) delete request.headers[name]
  if (said === undefined) return plain(request.socket.remoteAddress ?? '')
  // Each proxy adds at the end who it heard from; the one next to us is the connection.
  const chain = [...String(said).split(','), request.socket.remoteAddress ?? ''].map(plain).reverse()
  let sender = chain[0] ?? ''
  for (const [at, next] of chain.slice(1).entries()) {
    const trusted = 'hops' in trust ? at < trust.hops : isIn(trust.networks, sender)
    if (!trusted || isIP(next) === 0) break
    sender = next
  }
  return sender
}

const isIn = (networks: BlockList, address: string): boolean =>
  isIP(address) !== 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

const PLAIN = /^[0-9.]+$/

/** An address alone: without its port, and IPv4 as IPv4. */
function plain(part: string): string {
  if (PLAIN.test(part)) return part
  const text = part.trim()
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
  const [bare = ''] = address.split('%')
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare
}
