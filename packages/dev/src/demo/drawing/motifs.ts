import type { Palette } from '../palettes.ts'
import { camp } from './camp.ts'
import { carry } from './carry.ts'
import { garden } from './garden.ts'
import { room } from './room.ts'
import { table } from './table.ts'
import { wear } from './wear.ts'

/** Every thing that can be drawn, standing on the line 624 of a square of 800. */
export const motifs = { ...table, ...room, ...camp, ...carry, ...wear, ...garden } as const satisfies Record<
  string,
  (palette: Palette) => string
>

export type MotifName = keyof typeof motifs
