import type { Palette } from '../palettes.ts'
import { box, disc, path } from './shapes.ts'

/** What stands behind a thing, by the part of the shop it is sold in. */
export const backdrops = {
  home: (p: Palette) =>
    path('M170 640 V330 Q170 100 400 100 Q630 100 630 330 V640 Z', p.light, 0.28) +
    box(0, 632, 800, 168, p.shade, 0, 0.16),

  outdoor: (p: Palette) =>
    disc(560, 250, 120, '#ffffff', 0.55) +
    path('M0 520 Q150 380 300 470 Q460 330 620 450 Q720 400 800 460 V800 H0 Z', p.light, 0.3) +
    path('M0 640 Q200 600 420 632 Q620 610 800 640 V800 H0 Z', p.shade, 0.22),

  clothing: (p: Palette) => disc(400, 400, 320, p.light, 0.26) + disc(400, 400, 250, '#ffffff', 0.3),

  garden: (p: Palette) =>
    path('M100 632 A300 300 0 0 1 700 632 Z', '#ffffff', 0.5) + box(0, 632, 800, 168, p.shade, 0, 0.2),
} as const satisfies Record<string, (palette: Palette) => string>

export type BackdropName = keyof typeof backdrops
