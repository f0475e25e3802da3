import { testShop } from '@barrow/dev/test-shop'
import { keepsPaymentContract } from '../ports/payments.contract.ts'
import { createTestPayments } from './test-payments.ts'

const shop = await testShop()
const provider = createTestPayments(shop.runtime.orm)

keepsPaymentContract({
  provider,
  methods: { accepted: 'test_accept', declined: 'test_decline', needsAction: 'test_action' },
  act: provider.act,
})
