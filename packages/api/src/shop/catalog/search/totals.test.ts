import { testShop } from '@barrow/dev/test-shop'
import { countsToTheEnd } from './contract/totals.contract.ts'

const shop = await testShop()
countsToTheEnd(shop, 'postgres')
