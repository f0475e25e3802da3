import type { Palette } from '../palettes.ts'
import { box, disc, oval, path, placed, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

/** What a garden is kept with. */
export const garden = {
  trowel: (p: Palette) =>
    placed(
      path('M0 250 Q-96 170 -84 -10 Q-80 -50 0 -50 Q80 -50 84 -10 Q96 170 0 250 Z', tones.metal) +
        path('M0 250 Q96 170 84 -10 Q80 -50 0 -50 Z', tones.metalShade, 0.7) +
        stroke('M0 -30 V170', tones.white, 9, 0.5) +
        box(-15, -120, 30, 90, tones.iron, 6) +
        path(
          'M-32 -130 Q-44 -210 -30 -290 Q-20 -318 0 -318 Q20 -318 30 -290 Q44 -210 32 -130 Q0 -112 -32 -130 Z',
          p.base,
        ) +
        path('M6 -318 Q22 -314 30 -290 Q44 -210 32 -130 Q20 -122 8 -120 Z', p.shade, 0.7) +
        disc(0, -286, 9, p.ground),
      'translate(400 400) rotate(24)',
    ) + path('M90 640 Q180 560 300 596 Q380 570 450 640 Z', tones.soil),

  wateringCan: (p: Palette) =>
    stroke('M320 320 Q330 170 450 190 Q560 210 548 400', p.shade, 24) +
    path('M560 470 Q610 440 640 300 L672 312 Q664 500 552 560 Z', p.shade) +
    placed(
      path('M-20 20 H20 L54 -30 H-54 Z', p.light) + oval(0, -30, 54, 10, p.shade),
      'translate(656 302) rotate(20)',
    ) +
    path('M270 320 H540 L570 590 Q572 622 540 622 H270 Q238 622 240 590 Z', p.base) +
    path('M460 320 H540 L570 590 Q572 622 540 622 H470 Q500 470 460 320 Z', p.shade, 0.5) +
    oval(405, 322, 136, 26, p.shade) +
    box(248, 400, 306, 22, p.light, 8) +
    stroke('M252 372 Q170 390 180 480 Q190 560 246 570', p.shade, 22) +
    repeat(5, (i) => stroke(`M${716 + (i % 2) * 20} ${296 + i * 42} l5 20`, tones.water, 8)),

  pot: (p: Palette) =>
    repeat(5, (i) => {
      const turn = -56 + i * 28
      return placed(
        path('M0 0 Q-58 -110 0 -250 Q58 -110 0 0 Z', i % 2 ? tones.leafShade : tones.leaf) +
          stroke('M0 -10 V-210', tones.white, 5, 0.25),
        `translate(400 420) rotate(${turn})`,
      )
    }) +
    path('M262 420 H538 L506 600 Q502 622 480 622 H320 Q298 622 294 600 Z', p.base) +
    path('M460 420 H538 L506 600 Q502 622 480 622 H440 Z', p.shade, 0.55) +
    box(240, 380, 320, 62, p.light, 12) +
    box(240, 424, 320, 18, p.shade, 8, 0.5),

  seeds: (p: Palette) =>
    placed(
      box(-160, -220, 320, 440, tones.paper, 10) +
        path('M-160 -220 H160 V-150 H-160 Z', p.base) +
        repeat(16, (i) => path(`M${-160 + i * 20} -220 l10 -14 l10 14 Z`, p.base)) +
        stroke('M0 130 V-20', tones.leafShade, 10) +
        path('M0 60 Q-76 50 -84 -10 Q-14 -10 0 60 Z M0 90 Q76 80 84 20 Q14 20 0 90 Z', tones.leaf) +
        repeat(8, (i) => placed(oval(0, -52, 20, 40, p.base), `translate(0 -44) rotate(${i * 45})`)) +
        disc(0, -44, 28, tones.flame) +
        box(-100, 160, 200, 16, p.light, 8) +
        box(-60, 188, 120, 12, p.light, 6),
      'translate(390 390) rotate(-7)',
    ) + repeat(7, (i) => oval(500 + ((i * 47) % 150), 600 + ((i * 29) % 44), 12, 8, tones.leather)),
}
