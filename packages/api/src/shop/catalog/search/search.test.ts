import { testShop } from '@barrow/dev/test-shop'
import { keepsSearchContract } from './search.contract.ts'

const shop = await testShop()
keepsSearchContract(shop, 'postgres')
