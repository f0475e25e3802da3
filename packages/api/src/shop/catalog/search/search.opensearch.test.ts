import { openSearchEnv } from '@barrow/dev/test-opensearch'
import { testShop } from '@barrow/dev/test-shop'
import { keepsSearchContract } from './search.contract.ts'

const shop = await testShop({ env: openSearchEnv() })
keepsSearchContract(shop, 'opensearch')
