import { randomUUID } from 'node:crypto'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll } from 'vitest'
import { keepsSearchContract } from './search.contract.ts'

const url = process.env.OPENSEARCH_URL ?? ''
const prefix = `test-${randomUUID().slice(0, 8)}`
afterAll(async () => {
  const indexes = Object.keys((await (await fetch(`${url}/${prefix}-*/_alias`)).json()) as object)
  for (const index of indexes) await fetch(`${url}/${index}`, { method: 'DELETE' })
})
const shop = await testShop({
  env: {
    SEARCH: 'opensearch',
    OPENSEARCH_URL: url,
    OPENSEARCH_PREFIX: prefix,
    OPENSEARCH_TIMEOUT_MS: '30000',
  },
})
keepsSearchContract(shop, 'opensearch')
