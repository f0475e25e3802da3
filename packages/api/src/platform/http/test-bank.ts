import type { TestBuyer } from '../adapters/test-payments.ts'
import { answerPage } from './page.ts'
import type { Route } from './route.ts'

export const TEST_BANK = '/test-bank/'

/**
 * Where a buyer with the card `test_action` is sent: they accept or decline, as at a bank's own page. For development,
 * together with the built-in payment provider; it moves nobody's money.
 */
export const testBankRoute = (payments: TestBuyer): Route => ({
  path: TEST_BANK,
  answer: async (request, response, attemptId) => {
    if (!/^attempt_[0-9a-z]{26}$/.test(attemptId)) return false
    const outcome = new URL(request.url ?? '/', 'http://localhost').searchParams.get('outcome')
    if (outcome === 'authorised' || outcome === 'declined') await payments.act(attemptId, outcome)
    answerPage(
      request,
      response,
      'Test bank',
      outcome === null
        ? '<h1>Test bank</h1><p><a href="?outcome=authorised">Accept the payment</a></p><p><a href="?outcome=declined">Decline it</a></p>'
        : '<h1>Test bank</h1><p>Done. Go back to the shop, which calls <code>order.confirmPayment</code>.</p>',
    )
    return true
  },
})
