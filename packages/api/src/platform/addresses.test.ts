import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLoopback, reachOf } from './addresses.ts'

test.each([
  ['93.184.215.14', 'public'],
  ['1.1.1.1', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.1', 'public'],
  ['100.63.255.255', 'public'],
  ['100.128.0.1', 'public'],
  ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 'public'],
  ['127.0.0.1', 'private'],
  ['127.255.255.254', 'private'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['::1', 'private'],
  ['fc00::1', 'private'],
  ['fd12:3456:789a::1', 'private'],
  ['0.0.0.0', 'forbidden'],
  ['169.254.169.254', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['168.63.129.16', 'forbidden'],
  ['192.0.0.192', 'forbidden'],
  ['198.19.0.1', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['::', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['fec0::1', 'forbidden'],
  ['ff02::1', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['2001:db8::1', 'forbidden'],
  ['2001:0:1:2:3:4:5:6', 'forbidden'],
  ['not an address', 'forbidden'],
  ['', 'forbidden'],
])('%s is %s', (address, reach) => {
  expect(reachOf(address)).toBe(reach)
})

test('no IPv4 address becomes reachable by dressing it as IPv6', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a, b, c, d] = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
      const dressed = [`::ffff:${address}`, `::${address}`, `64:ff9b::${address}`, `2002:${a}${b}:${c}${d}::1`]
      // `::1` is how IPv6 itself writes this machine.
      for (const form of dressed) if (form !== '::0.0.0.1') expect([form, reachOf(form)]).toEqual([form, 'forbidden'])
    }),
  )
})

test('this machine is told from the rest of its network', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].map(isLoopback)).toEqual([true, true, true])
  expect(['10.0.0.1', '1.127.0.0', 'fd00::1'].map(isLoopback)).toEqual([false, false, false])
})
