import { openSearchEnv } from '@barrow/dev/test-opensearch'
import { testShop } from '@barrow/dev/test-shop'
import { keepsRebuildContract } from './rebuild.contract.ts'

const shop = await testShop({ env: openSearchEnv() })
keepsRebuildContract(shop, 'opensearch')
