import type { Palette } from '../palettes.ts'
import { box, dashes, disc, oval, path, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

/** What makes a room: textiles and lamps. */
export const room = {
  throw: (p: Palette) =>
    box(190, 520, 420, 96, p.shade, 40) +
    box(190, 430, 420, 100, p.base, 40) +
    box(190, 344, 420, 96, p.light, 40) +
    path('M300 344 H500 V640 H300 Z', p.base) +
    repeat(3, (i) => box(300, 400 + i * 84, 200, 30, i === 1 ? tones.paper : p.shade)) +
    repeat(11, (i) => stroke(`M${308 + i * 18.4} 640 V668`, p.shade, 7)) +
    path('M470 344 H500 V640 H470 Z', tones.dark, 0.1),

  teaTowel: (p: Palette) =>
    box(180, 190, 440, 18, tones.wood, 9) +
    disc(180, 199, 18, tones.woodShade) +
    disc(620, 199, 18, tones.woodShade) +
    path('M270 192 Q270 180 290 180 H520 Q540 180 540 192 V610 H270 Z', tones.paper) +
    path('M480 186 H540 V610 H480 Z', tones.dark, 0.07) +
    repeat(3, (i) => box(270, 470 + i * 40, 270, 18, p.base)) +
    box(312, 186, 12, 424, p.light) +
    box(486, 186, 12, 424, p.light) +
    repeat(15, (i) => stroke(`M${276 + i * 18.4} 612 V628`, p.shade, 4)),

  cushion: (p: Palette) =>
    path('M190 240 Q400 285 610 240 Q570 430 610 620 Q400 580 190 620 Q230 430 190 240 Z', p.base) +
    path('M610 240 Q570 430 610 620 Q520 600 440 598 Q560 440 520 256 Q570 250 610 240 Z', p.shade, 0.5) +
    repeat(4, (i) =>
      stroke(`M${244 + i * 6} ${340 + i * 70} Q400 ${310 + i * 70} ${556 - i * 6} ${340 + i * 70}`, p.light, 12),
    ) +
    repeat(4, (i) =>
      dashes(
        `M${250 + i * 6} ${370 + i * 62} Q400 ${342 + i * 62} ${550 - i * 6} ${370 + i * 62}`,
        tones.paper,
        8,
        '8 20',
      ),
    ) +
    [
      [190, 240],
      [610, 240],
      [190, 620],
      [610, 620],
    ]
      .map(([x = 0, y = 0]) => disc(x, y, 16, p.shade))
      .join(''),

  towels: (p: Palette) => {
    const roll = (x: number, y: number, fill: string, ring: string) =>
      disc(x, y, 88, fill) +
      disc(x, y, 88, tones.dark, 0.04) +
      stroke(`M${x + 62} ${y} A62 62 0 1 1 ${x} ${y - 62} M${x + 36} ${y} A36 36 0 1 1 ${x} ${y - 36}`, ring, 11, 0.9) +
      disc(x, y, 11, ring)
    return (
      roll(312, 532, p.base, p.shade) +
      roll(488, 532, p.light, p.base) +
      roll(400, 380, tones.paper, p.light) +
      stroke('M415 300 Q455 230 435 150', tones.leafShade, 9) +
      repeat(4, (i) => oval(453 - (i % 2) * 42, 262 - i * 30, 24, 11, tones.leaf))
    )
  },

  rug: (p: Palette) =>
    path('M250 250 H550 L680 610 H120 Z', p.base) +
    path('M278 284 H522 L628 578 H172 Z', p.light) +
    path('M300 312 H500 L592 550 H208 Z', p.base) +
    repeat(3, (i) => {
      const y = 362 + i * 68
      const w = 30 + i * 6
      return [-1, 0, 1]
        .map((side) =>
          path(
            `M${400 + side * (78 + i * 16)} ${y - 26 - i * 3} l${w} ${26 + i * 3} l${-w} ${26 + i * 3} l${-w} ${-26 - i * 3} Z`,
            side === 0 ? tones.paper : p.shade,
          ),
        )
        .join('')
    }) +
    repeat(15, (i) => stroke(`M${254 + i * 21} 246 v-18`, p.shade, 6)) +
    repeat(19, (i) => stroke(`M${126 + i * 30.4} 616 l${(i - 9) * 0.8} 24`, p.shade, 8)),

  lantern: (p: Palette) =>
    stroke('M290 300 Q280 130 400 130 Q520 130 510 300', tones.metalShade, 14) +
    path('M320 250 Q330 206 400 206 Q470 206 480 250 Z', p.base) +
    box(290, 246, 220, 36, p.shade, 12) +
    path('M310 282 H490 Q520 390 490 500 H310 Q280 390 310 282 Z', tones.flameCore, 0.85) +
    path('M400 320 Q455 390 430 446 Q418 470 400 470 Q382 470 370 446 Q345 390 400 320 Z', tones.flame) +
    path('M400 390 Q424 424 414 450 Q408 460 400 460 Q392 460 386 450 Q376 424 400 390 Z', tones.white) +
    stroke('M330 282 Q304 390 330 500 M470 282 Q496 390 470 500', tones.metalShade, 8) +
    path('M290 500 H510 L536 600 Q540 622 518 622 H282 Q260 622 264 600 Z', p.base) +
    path('M450 500 H510 L536 600 Q540 622 518 622 H450 Z', p.shade, 0.7) +
    disc(400, 560, 24, tones.metal),

  candle: (p: Palette) =>
    disc(400, 265, 120, tones.flameCore, 0.45) +
    path('M400 180 Q446 250 424 290 Q414 310 400 310 Q386 310 376 290 Q354 250 400 180 Z', tones.flame) +
    path('M400 240 Q420 272 410 294 Q406 302 400 302 Q394 302 390 294 Q380 272 400 240 Z', tones.white, 0.85) +
    stroke('M400 300 V360', tones.iron, 8) +
    path('M260 340 H540 V590 Q540 622 508 622 H292 Q260 622 260 590 Z', p.base) +
    path('M460 340 H540 V590 Q540 622 508 622 H460 Z', p.shade, 0.55) +
    oval(400, 342, 140, 28, p.light) +
    oval(400, 346, 118, 20, tones.paper) +
    box(310, 420, 180, 120, tones.paper, 8) +
    stroke('M340 462 H460 M365 492 H435', p.shade, 8),

  headlamp: (p: Palette) =>
    path('M400 402 L170 690 H630 Z', tones.flameCore, 0.4) +
    stroke('M160 330 Q400 200 640 330', p.shade, 56) +
    stroke('M160 330 Q400 440 640 330', p.base, 56) +
    dashes('M176 336 Q400 440 624 336', p.light, 8, '26 18') +
    box(305, 300, 190, 150, tones.iron, 34) +
    disc(400, 378, 62, tones.metal) +
    disc(400, 378, 48, tones.flameCore) +
    disc(400, 378, 22, tones.white) +
    box(370, 286, 60, 22, p.light, 8),

  pendant: (p: Palette) =>
    stroke('M400 0 V210', tones.iron, 8) +
    box(368, 196, 64, 34, tones.iron, 8) +
    oval(400, 400, 230, 182, p.base) +
    path('M400 218 A230 182 0 0 1 400 582 Q560 400 400 218 Z', p.shade, 0.35) +
    repeat(7, (i) => {
      const y = 262 + i * 46
      const half = 230 * Math.sqrt(Math.max(0, 1 - ((y - 400) / 182) ** 2))
      return stroke(`M${Math.round(400 - half)} ${y} Q400 ${y + 26} ${Math.round(400 + half)} ${y}`, p.shade, 5, 0.75)
    }) +
    oval(400, 576, 84, 16, tones.flameCore) +
    path('M330 590 L220 720 H580 L470 590 Z', tones.flameCore, 0.35) +
    stroke('M238 350 Q262 280 318 250', p.light, 14, 0.9),

  tableLamp: (p: Palette) =>
    path('M250 350 L170 640 H630 L550 350 Z', tones.flameCore, 0.3) +
    box(388, 350, 24, 230, tones.metalShade) +
    path('M320 160 H480 L570 360 H230 Z', p.base) +
    path('M440 160 H480 L570 360 H470 Z', p.shade, 0.6) +
    box(226, 350, 348, 20, p.light, 10) +
    oval(400, 500, 56, 78, p.shade) +
    path('M400 422 A56 78 0 0 1 400 578 Q430 500 400 422 Z', tones.dark, 0.15) +
    path('M290 622 Q290 580 400 580 Q510 580 510 622 Z', tones.metalShade) +
    stroke('M470 372 V430', tones.metal, 4) +
    disc(470, 438, 9, tones.metal),
}
