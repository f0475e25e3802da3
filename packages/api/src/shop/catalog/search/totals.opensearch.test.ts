import { openSearchEnv } from '@barrow/dev/test-opensearch'
import { testShop } from '@barrow/dev/test-shop'
import { countsToTheEnd } from './contract/totals.contract.ts'

const shop = await testShop({ env: openSearchEnv() })
countsToTheEnd(shop, 'opensearch')
