/** What a test card does. Its names are Stripe's (https://docs.stripe.com/testing). */
export interface Card {
  /** The buyer has to act at their bank first. */
  readonly asksBuyer?: boolean
  /** Why the bank says no. */
  readonly declined?: { readonly code: string; readonly declineCode?: string }
  /** What becomes of refunds: carried out later, or failing later. */
  readonly refunds?: 'pending' | 'failing'
}

const declined = (declineCode: string): Card => ({ declined: { code: 'card_declined', declineCode } })

export const cards: Readonly<Record<string, Card>> = {
  pm_card_visa: {},
  pm_card_mastercard: {},
  pm_card_chargeDeclined: declined('generic_decline'),
  pm_card_visa_chargeDeclined: declined('generic_decline'),
  pm_card_chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  pm_card_visa_chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  pm_card_visa_chargeDeclinedLostCard: declined('lost_card'),
  pm_card_visa_chargeDeclinedStolenCard: declined('stolen_card'),
  pm_card_chargeDeclinedExpiredCard: { declined: { code: 'expired_card' } },
  pm_card_chargeDeclinedIncorrectCvc: { declined: { code: 'incorrect_cvc' } },
  pm_card_chargeDeclinedProcessingError: { declined: { code: 'processing_error' } },
  pm_card_authenticationRequired: { asksBuyer: true },
  pm_card_threeDSecure2Required: { asksBuyer: true },
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: {
    asksBuyer: true,
    ...declined('insufficient_funds'),
  },
  pm_card_pendingRefund: { refunds: 'pending' },
  pm_card_refundFail: { refunds: 'failing' },
}
