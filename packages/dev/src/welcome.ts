import type { DemoAccounts } from './demo/load.ts'

/** Five lines that ask the shop something. */
export const snippet = (url: string): string[] => [
  "import { createBarrow, formatMoney } from '@barrow/sdk'",
  `const barrow = createBarrow({ url: '${url}' })`,
  "const { rows } = await barrow.product.list.query({ currency: 'EUR', sort: 'price_asc', limit: 5 })",
  'for (const { title, price } of rows) console.log(formatMoney(price), title)',
  'console.log(await barrow.category.list.query({ parentId: null }))',
]

/** What a newcomer needs next: where it is, who to sign in as, and something to paste. */
export function welcome({ port, accounts }: { port: number; accounts: DemoAccounts }): string[] {
  const url = `http://localhost:${port}`
  return [
    '',
    'The shop is open.',
    `  API        ${url}/trpc`,
    `  Mailbox    ${url}/mailbox`,
    `  Image      ${url}/media/demo/terracotta-pot.svg`,
    `  Customer   ${accounts.customer.email}   ${accounts.customer.password}`,
    `  Admin      ${accounts.admin.email}   ${accounts.admin.password}`,
    '',
    'Save this as .barrow/try.ts and run it with: npx -y pnpm@10.34.9 exec node .barrow/try.ts',
    '',
    ...snippet(url).map((line) => `  ${line}`),
    '',
    'More in another terminal: npx -y pnpm@10.34.9 barrow --help. Ctrl-C stops everything.',
    '',
  ]
}
