import type { Invariant } from '../../platform/invariant.ts'

export const paymentInvariants: readonly Invariant[] = [
  {
    id: 'I5',
    sentence: 'The money of an attempt that its order gave up is back, or on its way back.',
    when: 'at rest',
    sql: `select id from payment_attempt where not wanted and status = 'captured' and refunded <> amount`,
  },
  {
    id: 'I5',
    sentence: 'No attempt that its order gave up still holds money.',
    when: 'at rest',
    sql: `select id from payment_attempt where not wanted and status not in ('captured', 'declined', 'voided')`,
  },
  {
    id: 'I5',
    sentence: 'No refund waits to be asked for: the provider has each, and may take days to carry it out.',
    when: 'at rest',
    sql: `select id from refund where status = 'requested' and reference is null`,
  },
  {
    id: 'I5',
    sentence: 'Whatever the provider told of a payment was heeded.',
    when: 'at rest',
    sql: 'select id from payment_notice where heeded_at is null',
  },
  {
    id: 'I5',
    sentence: 'The ledger of the built-in provider says the same as the shop’s books.',
    when: 'at rest',
    sql: `select coalesce(a.id, t.attempt_id) as id
      from (select * from payment_attempt where provider = 'test') a
      full join (select * from test_payment where status <> 'voided' or amount > 0) t on t.attempt_id = a.id
      where (a.status is not distinct from 'captured') <> (t.status is not distinct from 'captured')
        or t.status = 'captured' and (a.amount, a.currency, a.refunded) is distinct from (t.amount, t.currency, t.refunded)
        or t.status in ('authorised', 'needs_action') and (a.id is null or not a.wanted)`,
  },
  {
    id: 'I12',
    sentence: 'What goes back of an attempt is the sum of its refunds, in its currency, and no more than it took.',
    when: 'always',
    sql: `select a.id from payment_attempt a
      left join (
        select attempt_id, sum(amount) as amount, min(currency) as least, max(currency) as greatest
        from refund where status <> 'refused' group by attempt_id
      ) r on r.attempt_id = a.id
      where a.refunded <> coalesce(r.amount, 0) or a.refunded > a.amount or a.refunded > 0 and a.status <> 'captured'
        or r.least <> a.currency or r.greatest <> a.currency`,
  },
]
