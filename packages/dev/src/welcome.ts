import type { DemoAccounts } from './demo/load.ts'

/** What a newcomer needs next: where it is, who to sign in as, and five lines that buy something. */
export function welcome({ port, accounts }: { port: number; accounts: DemoAccounts }): string[] {
  const url = `http://localhost:${port}`
  return [
    '',
    'The shop is open.',
    `  API        ${url}/trpc`,
    `  Mailbox    ${url}/mailbox`,
    `  Images     ${url}/media/`,
    `  Customer   ${accounts.customer.email}   ${accounts.customer.password}`,
    `  Admin      ${accounts.admin.email}   ${accounts.admin.password}`,
    '',
    "  import { createBarrow } from '@barrow/sdk'",
    `  const barrow = createBarrow({ url: '${url}' })`,
    "  const { rows } = await barrow.product.list.query({ currency: 'EUR', limit: 5 })",
    '  for (const product of rows) console.log(product.title)',
    "  const cart = await barrow.cart.create.mutate({ currency: 'EUR' })",
    '',
    'Commands: pnpm barrow --help in another terminal. Ctrl-C stops everything.',
    '',
  ]
}
