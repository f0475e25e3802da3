import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const read = (env: Record<string, string | undefined>) =>
  readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://localhost/shop',
    SECRET: randomBytes(32).toString('base64url'),
    ...env,
  }).payments

test('without a word, the built-in provider takes the money, whatever keys are given', () => {
  expect(read({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_URL: 'http://localhost:1' })).toEqual({ provider: 'test' })
})

test('Stripe is told who calls, and where the buyer goes on', () => {
  const stripe = { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_1' }
  expect(read({ ...stripe, STOREFRONT_URL: 'https://shop.example.com' })).toEqual({
    provider: 'stripe',
    secretKey: 'sk_test_1',
    webhookSecrets: [],
    apiUrl: 'https://api.stripe.com',
    returnUrl: 'https://shop.example.com/checkout/return',
  })
  expect(
    read({
      ...stripe,
      STRIPE_WEBHOOK_SECRET: 'whsec_next, whsec_now',
      STRIPE_API_URL: 'http://127.0.0.1:9000/',
      STRIPE_RETURN_URL: 'https://shop.example.com/thanks?lang=en',
    }),
  ).toMatchObject({
    webhookSecrets: ['whsec_next', 'whsec_now'],
    apiUrl: 'http://127.0.0.1:9000',
    returnUrl: 'https://shop.example.com/thanks?lang=en',
  })
})

test('in production somebody has to say who takes the money: the built-in provider would give everything away', () => {
  const production = { NODE_ENV: 'production', MAILBOX_DIR: 'mailbox' }
  expect(() => read(production)).toThrow(/PAYMENT_PROVIDER: is needed in production/)
  // Without NODE_ENV it is production.
  expect(() => read({ ...production, NODE_ENV: undefined })).toThrow(/PAYMENT_PROVIDER: is needed in production/)
  expect(read({ ...production, PAYMENT_PROVIDER: 'test' })).toEqual({ provider: 'test' })
})

test.each([
  ['STRIPE_SECRET_KEY', { PAYMENT_PROVIDER: 'stripe' }],
  ['STRIPE_SECRET_KEY', { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'pk_test_1' }],
  ['STRIPE_WEBHOOK_SECRET', { STRIPE_WEBHOOK_SECRET: 'sk_test_1' }],
  ['STRIPE_WEBHOOK_SECRET', { STRIPE_WEBHOOK_SECRET: 'whsec_1,whsec_2,whsec_3' }],
  ['STRIPE_API_URL', { STRIPE_API_URL: 'api.stripe.com' }],
  ['PAYMENT_PROVIDER', { PAYMENT_PROVIDER: 'cash' }],
])('%s is asked for by name when it is missing or does not fit', (name, env: Record<string, string>) => {
  expect(() => read(env)).toThrow(name)
})
