import { BlockList, isIPv4, isIPv6 } from 'node:net'

type Range = readonly [network: string, prefix: number]

function listOf(type: 'ipv4' | 'ipv6', ranges: readonly Range[]): (address: string) => boolean {
  const list = new BlockList()
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, type)
  return (address) => list.check(address, type)
}

/** Loopback, private use (RFC 1918), and addresses that carriers share among their customers (RFC 6598). */
const isPrivate4 = listOf('ipv4', [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
])

/** What IANA's registry says is nobody's server, and where clouds tell machines their credentials. */
const isForbidden4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
])

const isPrivate6 = listOf('ipv6', [
  ['::1', 128],
  ['fc00::', 7],
])

const isMetadata6 = listOf('ipv6', [
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
])

const isGlobal6 = listOf('ipv6', [['2000::', 3]])

/** Inside the global range, and yet tunnels into IPv4, tests and documentation. */
const isSpecial6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/**
 * `public`: a server on the internet. `private`: this machine or its network. `forbidden`: never to be called, allowed
 * or not: link-local and metadata addresses, multicast, tunnels, IPv4 dressed as IPv6, and what is no address.
 */
export type Reach = 'public' | 'private' | 'forbidden'

/** Where an IP address leads. */
export function reachOf(address: string): Reach {
  if (isIPv4(address)) {
    if (isForbidden4(address)) return 'forbidden'
    return isPrivate4(address) ? 'private' : 'public'
  }
  if (!isIPv6(address)) return 'forbidden'
  if (isPrivate6(address)) return isMetadata6(address) ? 'forbidden' : 'private'
  return isGlobal6(address) && !isSpecial6(address) ? 'public' : 'forbidden'
}

/** Whether an IP address is this machine itself. */
export const isLoopback = (address: string): boolean => address === '::1' || /^127\./.test(address)
