import { testShop } from '@barrow/dev/test-shop'
import { survivesKilledRebuilds } from './search-killed.contract.ts'

survivesKilledRebuilds(await testShop(), 'postgres')
