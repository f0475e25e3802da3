import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_AMOUNT } from '../../platform/money.ts'
import { type PriceOrder, priceOrder } from './price-order.ts'

const order = fc.record({
  currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
  lines: fc.array(
    fc.record({ unitAmount: fc.nat(MAX_AMOUNT), quantity: fc.integer({ min: 1, max: 999 }), taxable: fc.boolean() }),
    { maxLength: 250 },
  ),
  discounts: fc.array(
    fc.oneof(
      fc.record({ code: fc.string(), amount: fc.nat(MAX_AMOUNT) }),
      fc.record({ code: fc.string(), amount: fc.nat(MAX_AMOUNT), line: fc.nat(250) }),
    ),
    { maxLength: 5 },
  ),
  shipping: fc.record({ amount: fc.nat(MAX_AMOUNT) }),
  tax: fc.record({ rateBasisPoints: fc.integer({ min: 0, max: 10_000 }), included: fc.boolean() }),
})

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

const everyOrder = (holds: (given: PriceOrder) => void) => fc.assert(fc.property(order, holds), { numRuns: 500 })

test('what is shown adds up to what is charged, to the unit', () => {
  everyOrder((given) => {
    const priced = priceOrder(given)
    const added = priced.taxIncluded ? 0 : priced.tax
    expect(priced.subtotal - priced.discount + priced.shipping + added).toBe(priced.total)
    expect(sum(priced.lines.map((line) => line.total)) + priced.shippingTotal).toBe(priced.total)
    expect(sum(priced.lines.map((line) => line.tax)) + priced.shippingTax).toBe(priced.tax)
    expect(sum(priced.lines.map((line) => line.discount))).toBe(priced.discount)
    expect(sum(priced.discounts.map((entry) => entry.amount))).toBe(priced.discount)
  })
})

test('no amount is negative, broken or too large to be exact', () => {
  everyOrder((given) => {
    const { currency: _, lines, discounts, taxIncluded: __, ...totals } = priceOrder(given)
    const amounts = [...Object.values(totals), ...lines.flatMap(Object.values), ...discounts.map((one) => one.amount)]
    for (const amount of amounts) {
      expect(Number.isSafeInteger(amount)).toBe(true)
      expect(amount).toBeGreaterThanOrEqual(0)
    }
  })
})

test('giving back every line and the shipping leaves nothing', () => {
  everyOrder((given) => {
    const priced = priceOrder(given)
    expect(priced.lines.reduce((left, line) => left - line.total, priced.total) - priced.shippingTotal).toBe(0)
  })
})

test('a discount takes no more than there is, and never touches another line', () => {
  everyOrder((given) => {
    const priced = priceOrder(given)
    for (const line of priced.lines) expect(line.discount).toBeLessThanOrEqual(line.subtotal)
    const targets = new Set(given.discounts.map((entry) => entry.line))
    if (targets.has(undefined)) return
    priced.lines.forEach((line, index) => {
      if (!targets.has(index)) expect(line.discount).toBe(0)
    })
  })
})

const lamp = { unitAmount: 1999, quantity: 1 }
const none = { rateBasisPoints: 0, included: false }

test('tax on top of prices is computed line by line and rounded half up', () => {
  const priced = priceOrder({
    currency: 'USD',
    lines: [
      { unitAmount: 250, quantity: 1 },
      { unitAmount: 250, quantity: 1 },
    ],
    discounts: [],
    shipping: { amount: 0 },
    tax: { rateBasisPoints: 500, included: false },
  })
  // 12.5 cents each, so 13 each: the lines a buyer sees add up to the tax they pay.
  expect(priced).toMatchObject({ subtotal: 500, tax: 26, total: 526 })
})

test('tax inside prices is taken out of them and changes no total', () => {
  const priced = priceOrder({
    currency: 'EUR',
    lines: [{ unitAmount: 1190, quantity: 2 }],
    discounts: [],
    shipping: { amount: 595 },
    tax: { rateBasisPoints: 1900, included: true },
  })
  expect(priced).toMatchObject({ subtotal: 2380, shipping: 595, shippingTax: 95, tax: 475, total: 2975 })
})

test('what is not taxable carries no tax', () => {
  const priced = priceOrder({
    currency: 'EUR',
    lines: [lamp, { ...lamp, taxable: false }],
    discounts: [],
    shipping: { amount: 0 },
    tax: { rateBasisPoints: 2000, included: false },
  })
  expect(priced.lines.map((line) => line.tax)).toEqual([400, 0])
})

test('ten cents off three equal lines are given to the cent', () => {
  const priced = priceOrder({
    currency: 'EUR',
    lines: [lamp, lamp, lamp],
    discounts: [{ code: 'TEN', amount: 10 }],
    shipping: { amount: 0 },
    tax: none,
  })
  expect(priced.lines.map((line) => line.discount)).toEqual([4, 3, 3])
})

test('more money off than there is to pay makes it free, and no cheaper', () => {
  const priced = priceOrder({
    currency: 'JPY',
    lines: [lamp],
    discounts: [
      { code: 'LINE', amount: 5000, line: 0 },
      { code: 'MORE', amount: 1 },
    ],
    shipping: { amount: 0 },
    tax: none,
  })
  expect(priced).toMatchObject({ discount: 1999, total: 0, discounts: [{ amount: 1999 }, { amount: 0 }] })
})

test('an empty cart costs its shipping', () => {
  const priced = priceOrder({ currency: 'EUR', lines: [], discounts: [], shipping: { amount: 490 }, tax: none })
  expect(priced).toMatchObject({ subtotal: 0, discount: 0, tax: 0, total: 490 })
})
