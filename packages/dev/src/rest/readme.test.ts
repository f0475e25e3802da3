import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { serve } from '@barrow/api/serve'
import { expect, test } from 'vitest'
import { readme } from '../readme.ts'
import { goods } from '../test-goods.ts'
import { testShop } from '../test-shop.ts'

const shop = await testShop()

test('what the README asks of a shop without TypeScript is answered as it says', async () => {
  await goods(shop, { onHand: 3 })
  await using server = serve(shop.runtime)
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`
  const [, block = ''] = readme().match(/^```sh rest\n(.*?)^```$/ms) ?? []
  const calls = block.split('\n').filter((line) => line.startsWith('curl '))
  const answers: string[] = []
  for (const call of calls) {
    const child = spawn('sh', ['-c', `${call} --silent --noproxy '*'`.replace('http://localhost:4000', url)])
    let said = ''
    child.stdout.on('data', (chunk) => (said += String(chunk)))
    await once(child, 'close')
    answers.push(said)
  }
  expect(answers).toEqual([
    expect.stringMatching(/^\{"rows":\[\{"id":"product_/),
    expect.stringMatching(
      /^HTTP\/1\.1 201 Created\r\n.*\r\nBarrow-Guest: bg_.*\r\nLocation: \/rest\/v1\/carts\/cart_/is,
    ),
    expect.stringMatching(/"reason":"invalid_input".*"path":"currency"/),
  ])
}, 60_000)
