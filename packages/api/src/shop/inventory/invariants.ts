import type { Invariant } from '../../platform/invariant.ts'

export const inventoryInvariants: readonly Invariant[] = [
  {
    id: 'I1',
    sentence: 'What is on hand is what came less what went.',
    when: 'always',
    sql: `select item.variant_id as id from inventory_item item
      left join (select variant_id, sum(delta) as units from stock_movement group by variant_id) ledger using (variant_id)
      where item.on_hand <> coalesce(ledger.units, 0)`,
  },
  {
    id: 'I1',
    sentence: 'Nothing that is counted is below zero, and no more of it is reserved than is there.',
    when: 'always',
    sql: `select variant_id as id from inventory_item
      where reserved < 0 or tracked and (on_hand < 0 or reserved > on_hand)`,
  },
  {
    id: 'I2',
    sentence: 'What is reserved is the sum of the live reservations.',
    when: 'always',
    sql: `select item.variant_id as id from inventory_item item
      left join (
        select variant_id, sum(quantity) as units from reservation where state = 'live' group by variant_id
      ) kept using (variant_id)
      where item.reserved <> coalesce(kept.units, 0)`,
  },
]
