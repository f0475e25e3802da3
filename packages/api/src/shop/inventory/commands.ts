import { sql } from 'kysely'
import { principalOf } from '../../platform/actor.ts'
import { audit } from '../../platform/audit.ts'
import type { Context } from '../../platform/context.ts'
import { type VariantId, variantNotFound } from '../product/index.ts'
import { tellFlips } from './availability.ts'
import { MAX_ON_HAND, type MovementReason, movementId } from './entity.ts'
import { belowReserved, stockLimit } from './errors.ts'
import { db, type Item, lock } from './items.ts'
import { get, levelsOf } from './queries.ts'
import type { Adjust, SetLevel, SetLevels, SetTracked, StockLevel, StockLevels } from './schema.ts'

interface Change {
  readonly item: Item
  readonly onHand: number
  readonly tracked: boolean
}

/** Sets what was counted; the ledger gets the difference. */
export async function setLevels(ctx: Context, { levels, note }: SetLevels): Promise<StockLevels> {
  const asked = new Map(levels.map((level) => [level.variantId, level]))
  const items = await lockAll(ctx, [...asked.keys()])
  const changes = items.map((item): Change => {
    const level = asked.get(item.variantId)
    return { item, onHand: level?.onHand ?? item.onHand, tracked: level?.tracked ?? item.tracked }
  })
  await write(ctx, changes, 'counted', note)
  return { levels: await levelsOf(ctx, [...asked.keys()]) }
}

export async function setLevel(ctx: Context, { note, ...level }: SetLevel): Promise<StockLevel> {
  const { levels } = await setLevels(ctx, { levels: [level], note })
  const [set] = levels
  if (set === undefined) throw variantNotFound()
  return set
}

export async function adjust(ctx: Context, { variantId, delta, reason, note }: Adjust): Promise<StockLevel> {
  const items = await lockAll(ctx, [variantId])
  const changes = items.map((item): Change => ({ item, onHand: item.onHand + delta, tracked: item.tracked }))
  await write(ctx, changes, reason, note)
  return get(ctx, { variantId })
}

export async function setTracked(ctx: Context, { variantId, tracked }: SetTracked): Promise<StockLevel> {
  const items = await lockAll(ctx, [variantId])
  const changes = items.map((item): Change => ({ item, onHand: item.onHand, tracked }))
  await write(ctx, changes, 'counted', undefined)
  return get(ctx, { variantId })
}

/** The items of all these variants, made where there was none. Raises `variant_not_found`. */
async function lockAll(ctx: Context, variantIds: readonly VariantId[]): Promise<Item[]> {
  await sql`
    insert into inventory_item (variant_id, tracked, on_hand, reserved)
    select id, true, 0, 0 from variant where id = any (${variantIds}) order by id
    on conflict do nothing`.execute(db(ctx))
  const items = await lock(ctx, variantIds)
  if (items.length < variantIds.length) throw variantNotFound()
  return items
}

async function write(
  ctx: Context,
  changes: readonly Change[],
  reason: MovementReason,
  note: string | undefined,
): Promise<void> {
  for (const change of changes) check(change)
  await sql`
    with changed as (
      select * from unnest(
        ${changes.map(() => movementId.new())}::text[],
        ${changes.map(({ item }) => item.variantId)}::text[],
        ${changes.map(({ onHand }) => onHand)}::int[],
        ${changes.map(({ tracked }) => tracked)}::boolean[],
        ${changes.map(({ item, onHand }) => onHand - item.onHand)}::int[]
      ) as changed (id, variant_id, on_hand, tracked, delta)
    ), noted as (
      insert into stock_movement (id, variant_id, delta, reason, note, actor)
      select id, variant_id, delta, ${reason}, ${note ?? null}, ${principalOf(ctx.actor)} from changed where delta <> 0
    )
    update inventory_item item set on_hand = changed.on_hand, tracked = changed.tracked
    from changed where item.variant_id = changed.variant_id`.execute(db(ctx))
  await tellFlips(
    ctx,
    changes.map(({ item, onHand, tracked }) => ({ before: item, after: { ...item, onHand, tracked } })),
  )
  for (const { item, onHand, tracked } of changes) {
    audit(ctx, {
      subject: item.variantId,
      before: { onHand: item.onHand, tracked: item.tracked },
      after: { onHand, tracked },
    })
  }
}

function check({ item: { variantId, reserved }, onHand, tracked }: Change): void {
  if (Math.abs(onHand) > MAX_ON_HAND) throw stockLimit({ variantId, max: MAX_ON_HAND })
  if (tracked && onHand < reserved) throw belowReserved({ variantId, reserved, onHand })
}
