import type { Intent, Intents } from './intents.ts'

/** The page on which a buyer proves at their bank who they are. */
export function bankPage({ amount, currency }: Intent): string {
  return `<!doctype html>
<html lang="en">
<title>Your bank</title>
<h1>Do you pay ${amount} ${currency.toUpperCase()} in minor units?</h1>
<form method="post">
  <button name="outcome" value="authorised">Yes, it is me</button>
  <button name="outcome" value="declined">No</button>
</form>
`
}

/** Carries out what the buyer chose, and answers where their browser goes. Raises an `ApiError`. */
export function leaveBank(intents: Intents, intent: Intent, outcome: 'authorised' | 'declined'): string {
  const returnUrl = new URL(intent.next_action?.redirect_to_url.return_url ?? 'about:blank')
  intents.act(intent, outcome)
  returnUrl.searchParams.set('payment_intent', intent.id)
  returnUrl.searchParams.set('payment_intent_client_secret', intent.client_secret)
  returnUrl.searchParams.set('redirect_status', intent.last_payment_error === null ? 'succeeded' : 'failed')
  return returnUrl.href
}
