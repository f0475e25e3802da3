/** How the demo shop ships: everywhere, in both of its currencies. Minor units. */
export const shippingMethods = [
  { name: 'Standard', description: 'Three to five working days', EUR: 490, USD: 590 },
  { name: 'Express', description: 'The next working day', EUR: 1290, USD: 1490 },
  { name: 'Collect', description: 'From the workshop, when it suits you', EUR: 0, USD: 0 },
] as const

/** Basis points: 1,900 is 19 %. European prices include their tax, American ones do not. */
export const taxRates = [
  { countryCode: 'DE', name: 'Mehrwertsteuer', rateBasisPoints: 1900, included: true },
  { countryCode: 'AT', name: 'Umsatzsteuer', rateBasisPoints: 2000, included: true },
  { countryCode: 'FR', name: 'TVA', rateBasisPoints: 2000, included: true },
  { countryCode: 'NL', name: 'BTW', rateBasisPoints: 2100, included: true },
  { countryCode: 'GB', name: 'VAT', rateBasisPoints: 2000, included: true },
  { countryCode: 'US', name: 'Sales tax', rateBasisPoints: 800, included: false },
] as const
