import { parseArgs } from 'node:util'
import { startStripeServer } from './server.ts'

/**
 * The Stripe-shaped server as a process of its own:
 * `node main.ts [--port 0] [--key sk_…] [--seed 1] [--search-lag 60] [--ledger file] [--webhook-url url --webhook-secret whsec_…]`
 *
 * Its first line is `{"url":…,"secretKey":…}`; it ends on SIGTERM.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    key: { type: 'string', default: 'sk_test_barrow' },
    seed: { type: 'string', default: '1' },
    'search-lag': { type: 'string', default: '60' },
    ledger: { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string', multiple: true },
  },
})

const { 'webhook-url': webhookUrl, 'webhook-secret': webhookSecrets = [], ledger } = values
const server = await startStripeServer({
  port: Number(values.port),
  secretKey: values.key,
  seed: Number(values.seed),
  searchLagSeconds: Number(values['search-lag']),
  ...(ledger !== undefined && { ledgerFile: ledger }),
  ...(webhookUrl !== undefined && { webhook: { url: webhookUrl, secrets: webhookSecrets } }),
})
process.once('SIGTERM', () => void server.close())
process.stdout.write(`${JSON.stringify({ url: server.url, secretKey: server.secretKey })}\n`)
