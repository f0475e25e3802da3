import { LINKS_KEPT_DAYS, lifetimes } from '@barrow/api/auth'
import { NOTICES_KEPT_DAYS } from '@barrow/api/payment'
import { Environment } from '@barrow/api/runtime'
import { DELIVERIES_KEPT_DAYS } from '@barrow/api/webhook'
import { KEYS_KEPT_HOURS } from '@barrow/api/work'

/** The table of the README of what is kept for how long. */
export function retentionTable(): string {
  const settings = Environment.shape
  const days = (name: 'OUTBOX_DAYS' | 'INBOX_DAYS' | 'GUEST_CART_DAYS') => `${settings[name].parse(undefined)} days`
  const session = ({ idle, total }: { idle: number; total: number }) => `${span(idle)} unused, ${span(total)} at most`
  const rows = [
    ['sessions of customers', session(lifetimes.customer)],
    ['sessions of staff', session(lifetimes.staff)],
    ['links of letters', `${LINKS_KEPT_DAYS} days after they have ended`],
    ['answers to repeated calls', `${KEYS_KEPT_HOURS} hours`],
    ['events', `${days('OUTBOX_DAYS')} after every consumer finished them`, 'OUTBOX_DAYS'],
    ['who acted on which event', days('INBOX_DAYS'), 'INBOX_DAYS'],
    ['deliveries to webhooks', `${DELIVERIES_KEPT_DAYS} days`],
    ['what the payment provider told', `${NOTICES_KEPT_DAYS} days, once it is heeded`],
    ['carts of visitors', `${days('GUEST_CART_DAYS')} untouched`, 'GUEST_CART_DAYS'],
    ['orders, stock movements, audit rows', 'for good'],
  ]
  const lines = rows.map(([what, kept, setting]) => `| ${what} | ${kept} | ${setting ? `\`${setting}\`` : ''} |`)
  return ['| what | kept | set by |', '| --- | --- | --- |', ...lines].join('\n')
}

const units = { days: 86_400, hours: 3_600, minutes: 60 }

/** A number of seconds in the largest unit that it is a whole number of. */
function span(seconds: number): string {
  const [unit, size] = Object.entries(units).find(([, size]) => seconds % size === 0) ?? ['seconds', 1]
  return `${seconds / size} ${unit}`
}
