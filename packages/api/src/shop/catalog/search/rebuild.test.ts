import { testShop } from '@barrow/dev/test-shop'
import { keepsRebuildContract } from './rebuild.contract.ts'

const shop = await testShop()
keepsRebuildContract(shop, 'postgres')
