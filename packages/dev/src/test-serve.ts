import { serve } from '@barrow/api/serve'
import { afterAll } from 'vitest'
import type { TestShop } from './test-shop.ts'

export interface ServedShop {
  readonly server: ReturnType<typeof serve>
  readonly port: number
  /** Without a slash at its end. */
  readonly url: string
}

/** The shop on a port of this machine; closed after the tests of this file, before the shop is. */
export async function served(shop: TestShop): Promise<ServedShop> {
  const server = serve(shop.runtime)
  const port = await server.listen(0, '127.0.0.1')
  afterAll(() => server.close())
  return { server, port, url: `http://127.0.0.1:${port}` }
}
