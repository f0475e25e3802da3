import type { Invariant } from '../../platform/invariant.ts'
import { orderMoves } from './entity.ts'

const paid = `('confirmed', 'fulfilled')`

/** Every move there is, as pairs for SQL. The first has no state before it. */
const moves = [
  `(null, 'pending_payment')`,
  ...Object.entries(orderMoves).flatMap(([from, next]) => next.map((to) => `('${from}', '${to}')`)),
].join(', ')

/** The moves of each order, as its audit rows have them. */
const walked = `select subject as order_id, before ->> 'status' as from_status, after ->> 'status' as to_status
  from audit_entry where subject like 'order\\_%' and after ->> 'status' is not null`

const stock: readonly Invariant[] = [
  {
    id: 'I2',
    sentence: 'Exactly the orders that wait for their money have their lines reserved.',
    when: 'always',
    sql: `with wanted as (
        select l.order_id, l.variant_id, sum(l.quantity) as units from order_line l join "order" o on o.id = l.order_id
        where o.status in ('pending_payment', 'authorised') group by 1, 2
      ), kept as (
        select order_id, variant_id, sum(quantity) as units from reservation where state = 'live' group by 1, 2
      )
      select order_id || ' ' || variant_id as id from wanted full join kept using (order_id, variant_id)
      where wanted.units is distinct from kept.units`,
  },
  {
    id: 'I2',
    sentence: 'What was sold is what paid orders hold and nobody brought back.',
    when: 'always',
    sql: `with wanted as (
        select l.order_id, l.variant_id,
          sum(case when o.status in ${paid} then l.quantity - l.restocked else 0 end) as units
        from order_line l join "order" o on o.id = l.order_id group by 1, 2
      ), sold as (
        select order_id, variant_id, -sum(delta) as units from stock_movement where order_id is not null group by 1, 2
      )
      select order_id || ' ' || variant_id as id from wanted full join sold using (order_id, variant_id)
      where coalesce(wanted.units, 0) <> coalesce(sold.units, 0)`,
  },
]

const once: readonly Invariant[] = [
  {
    id: 'I3',
    sentence: 'A cart became one order at most, and says which.',
    when: 'always',
    sql: `select cart_id as id from "order" group by cart_id having count(*) > 1
      union select c.id from cart c left join "order" o on o.id = c.order_id
      where c.state = 'ordered' and o.cart_id is distinct from c.id
      union select c.id from cart c join "order" o on o.cart_id = c.id where c.state <> 'ordered'`,
  },
  {
    id: 'I3',
    sentence: 'An order was placed under one key.',
    when: 'always',
    sql: `select coalesce(answer #>> '{json,value,id}', answer #>> '{json,value,orderId}') as id from idempotency_key
      where procedure = 'order.place' and answer is not null group by 1 having count(*) > 1`,
  },
  {
    id: 'I8',
    sentence: 'Every answer that said an order was placed names one that exists, with that total.',
    when: 'always',
    sql: `select k.procedure || ' ' || k.key as id from idempotency_key k
      left join "order" o on o.id = coalesce(k.answer #>> '{json,value,id}', k.answer #>> '{json,value,orderId}')
      where k.procedure = 'order.place' and k.answer is not null and (
        o.id is null or (k.answer #>> '{json,value,total}')::bigint <> o.total
        or k.answer #>> '{json,value,currency}' <> o.currency
      )`,
  },
]

const money: readonly Invariant[] = [
  {
    id: 'I4',
    sentence: 'A paid order has one captured payment that it counts on, of its total and currency.',
    when: 'always',
    sql: `select o.id from "order" o
      left join payment_attempt a on a.order_id = o.id and a.status = 'captured' and a.wanted
      where o.status in ${paid} group by o.id
      having count(a.id) <> 1 or min(a.amount) <> o.total or min(a.currency) <> o.currency`,
  },
  {
    id: 'I4',
    sentence: 'An order that is not paid counts on no captured payment.',
    when: 'always',
    sql: `select o.id from "order" o join payment_attempt a on a.order_id = o.id and a.wanted and a.status = 'captured'
      where o.status not in ${paid}`,
  },
  {
    id: 'I9',
    sentence: 'The sums of an order are those of its lines and its shipping, and none is below zero.',
    when: 'always',
    sql: `select o.id from "order" o join order_line l on l.order_id = o.id group by o.id
      having o.subtotal <> sum(l.subtotal) or o.discount <> sum(l.discount) or o.tax <> sum(l.tax) + o.shipping_tax
        or o.total <> sum(l.total) + o.shipping + case when o.tax_included then 0 else o.shipping_tax end
        or o.total <> o.subtotal - o.discount + o.shipping + case when o.tax_included then 0 else o.tax end
        or least(o.subtotal, o.discount, o.shipping, o.tax, o.total, min(l.total)) < 0
        or bool_or(l.subtotal <> l.unit_amount * l.quantity)`,
  },
]

const life: readonly Invariant[] = [
  {
    id: 'I6',
    sentence: 'Of every order that was confirmed, and is kept in the outbox, its buyer was written to.',
    when: 'at rest',
    sql: `select event.key as id from outbox_event event
      left join inbox_entry entry on entry.event_id = event.id and entry.consumer = 'mail' and entry.status = 'done'
      where event.name = 'order.confirmed' and entry.event_id is null`,
  },
  {
    id: 'I7',
    sentence: 'Every order was told of once when it was placed, and once when it was confirmed.',
    when: 'always',
    // Older events may have been pruned; more than one is too many at any age.
    sql: `select o.id from "order" o
      left join outbox_event event on event.key = o.id and event.name in ('order.placed', 'order.confirmed')
      group by o.id
      having count(*) filter (where event.name = 'order.placed') > 1
        or count(*) filter (where event.name = 'order.confirmed') > 1
        or o.created_at > now() - interval '1 hour' and (
          count(*) filter (where event.name = 'order.placed') = 0
          or o.status in ${paid} and count(*) filter (where event.name = 'order.confirmed') = 0
        )`,
  },
  {
    id: 'I10',
    sentence: 'An order has come from one state to the next, and only where a move leads.',
    when: 'always',
    // In any order of its rows: every state is left as often as it is entered, but for the one the order is in now.
    sql: `with walked as (${walked}), moves (from_status, to_status) as (values ${moves}), steps as (
        select order_id, to_status as status, 1 as step from walked
        union all select order_id, from_status, -1 from walked where from_status is not null
        union all select id, status, -1 from "order"
      )
      select order_id as id from walked
      where not exists (
        select 1 from moves where moves.to_status = walked.to_status
          and moves.from_status is not distinct from walked.from_status
      )
      union select order_id from steps group by order_id, status having sum(step) <> 0`,
  },
  {
    id: 'I10',
    sentence: 'No order waits for its money longer than a quarter of an hour after it is due.',
    when: 'always',
    sql: `select id from "order" where status in ('pending_payment', 'payment_failed', 'authorised')
      and expires_at < now() - interval '15 minutes'`,
  },
]

/** What names an order without a foreign key, and must find one all the same. */
const children = [
  ['reservation', 'id'],
  ['payment_attempt', 'id'],
  ['refund', 'id'],
  ['stock_movement', 'id'],
] as const

const parents: readonly Invariant[] = [
  ...children.map(
    ([table, id]): Invariant => ({
      id: 'I11',
      sentence: `No ${table.replace('_', ' ')} is without its order.`,
      when: 'always',
      sql: `select child.${id} as id from ${table} child left join "order" o on o.id = child.order_id
        where child.order_id is not null and o.id is null`,
    }),
  ),
  {
    id: 'I11',
    sentence: 'No order is without lines, or without a payment.',
    when: 'always',
    sql: `select o.id from "order" o
      where not exists (select 1 from order_line l where l.order_id = o.id)
        or not exists (select 1 from payment_attempt a where a.order_id = o.id)`,
  },
  {
    id: 'I11',
    sentence: 'No event tells of an order that does not exist.',
    when: 'always',
    sql: `select event.id from outbox_event event left join "order" o on o.id = event.key
      where event.key like 'order\\_%' and o.id is null`,
  },
]

export const orderInvariants: readonly Invariant[] = [...stock, ...once, ...money, ...life, ...parents]
