import type { Palette } from '../palettes.ts'
import { box, dashes, disc, mirrored, oval, path, placed, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

const sleeves = (p: Palette) =>
  mirrored(
    path('M285 205 Q210 225 180 330 L120 560 Q116 584 140 592 L186 604 Q204 606 210 586 L285 380 Z', p.shade) +
      path('M122 552 L206 576 L198 600 Q192 608 180 604 L138 592 Q116 584 122 552 Z', p.light),
  )

const torso = (p: Palette) =>
  path(
    'M290 200 Q400 250 510 200 Q548 214 556 260 L548 590 Q546 624 512 624 H288 Q254 624 252 590 L244 260 Q252 214 290 200 Z',
    p.base,
  ) + path('M510 200 Q548 214 556 260 L548 590 Q546 624 512 624 H460 Q510 420 510 200 Z', p.shade, 0.4)

/** What is worn. */
export const wear = {
  sweater: (p: Palette) =>
    sleeves(p) +
    torso(p) +
    box(252, 580, 296, 44, p.light, 14) +
    repeat(13, (i) => stroke(`M${268 + i * 22} 588 V616`, p.shade, 5, 0.6)) +
    repeat(3, (i) =>
      repeat(5, (j) =>
        path(`M${318 + i * 82} ${290 + j * 58} q26 28 0 56 q-26 -28 0 -56 Z`, i === 1 ? p.light : p.shade, 0.85),
      ),
    ) +
    stroke('M277 280 V560 M359 290 V560 M441 290 V560 M523 280 V560', p.light, 6, 0.7) +
    path('M316 192 Q400 160 484 192 Q470 250 400 252 Q330 250 316 192 Z', p.light) +
    path('M340 196 Q400 176 460 196 Q450 226 400 228 Q350 226 340 196 Z', p.shade),

  baseLayer: (p: Palette) =>
    sleeves(p) +
    torso(p) +
    path(
      'M290 200 Q252 214 244 260 L247 330 Q300 300 330 216 Z M510 200 Q548 214 556 260 L553 330 Q500 300 470 216 Z',
      p.light,
    ) +
    path('M340 216 Q400 196 460 216 Q440 246 400 246 Q360 246 340 216 Z', p.shade) +
    stroke('M330 214 Q400 262 470 214', p.light, 14) +
    dashes('M256 592 H544', p.light, 5, '12 8') +
    stroke('M300 340 Q270 470 300 580 M500 340 Q530 470 500 580', p.shade, 6, 0.6) +
    oval(466, 330, 17, 17, p.light),

  cardigan: (p: Palette) =>
    sleeves(p) +
    torso(p) +
    path('M330 212 L400 400 L470 212 Q400 240 330 212 Z', tones.paper) +
    path('M300 204 L322 198 L412 410 V624 H388 V412 Z', p.light) +
    path('M500 204 L478 198 L400 390 L412 424 Z', p.light) +
    repeat(4, (i) => disc(400, 440 + i * 48, 11, tones.woodShade)) +
    box(282, 500, 78, 84, p.shade, 10, 0.6) +
    box(440, 500, 78, 84, p.shade, 10, 0.8) +
    box(282, 500, 78, 16, p.light, 6) +
    box(440, 500, 78, 16, p.light, 6),

  vest: (p: Palette) =>
    path(
      'M300 190 Q400 240 500 190 L548 220 Q520 300 560 390 L552 590 Q550 624 516 624 H284 Q250 624 248 590 L240 390 Q280 300 252 220 Z',
      p.base,
    ) +
    path('M500 190 L548 220 Q520 300 560 390 L552 590 Q550 624 516 624 H402 V240 Q460 230 500 190 Z', p.shade, 0.35) +
    repeat(5, (i) =>
      stroke(
        `M${262 - (i === 0 ? 0 : 10)} ${330 + i * 62} Q330 ${350 + i * 62} 396 ${338 + i * 62} M404 ${338 + i * 62} Q470 ${350 + i * 62} ${538 + (i === 0 ? 0 : 10)} ${330 + i * 62}`,
        p.shade,
        7,
        0.8,
      ),
    ) +
    path('M310 186 Q320 140 400 140 Q480 140 490 186 L470 250 Q400 270 330 250 Z', p.light) +
    path('M345 176 Q400 158 455 176 Q446 214 400 216 Q354 214 345 176 Z', p.shade) +
    stroke('M400 236 V618', tones.iron, 8) +
    dashes('M400 240 V618', tones.metal, 8, '4 8') +
    box(391, 260, 18, 40, tones.metal, 6) +
    stroke('M286 490 L330 550 M514 490 L470 550', tones.iron, 8),

  beanie: (p: Palette) =>
    disc(400, 196, 58, p.light) +
    repeat(12, (i) => {
      const angle = (i * Math.PI) / 6
      return stroke(
        `M${Math.round(400 + Math.cos(angle) * 26)} ${Math.round(196 + Math.sin(angle) * 26)} L${Math.round(400 + Math.cos(angle) * 66)} ${Math.round(196 + Math.sin(angle) * 66)}`,
        p.light,
        14,
      )
    }) +
    path('M215 500 Q200 240 400 236 Q600 240 585 500 Z', p.base) +
    path('M400 236 Q600 240 585 500 H500 Q530 300 400 236 Z', p.shade, 0.5) +
    repeat(3, (i) =>
      dashes(
        `M${236 + i * 14} ${440 - i * 64} Q400 ${470 - i * 64} ${564 - i * 14} ${440 - i * 64}`,
        i === 1 ? tones.paper : p.light,
        14,
        '18 16',
      ),
    ) +
    box(196, 486, 408, 118, p.shade, 34) +
    repeat(14, (i) => stroke(`M${224 + i * 27} 506 V586`, p.base, 9, 0.8)),

  socks: (p: Palette) => {
    const sock =
      path(
        'M-62 -250 H62 V60 Q70 90 110 112 L176 150 Q206 170 196 204 Q186 236 150 236 H0 Q-70 236 -66 160 Z',
        p.base,
      ) +
      path('M-66 140 Q-72 236 0 236 H40 Q-10 200 -10 150 Q-30 110 -66 140 Z', p.light) +
      path('M120 118 L176 150 Q206 170 196 204 Q186 236 150 236 H110 Q90 170 120 118 Z', p.light) +
      box(-70, -262, 140, 62, p.shade, 16) +
      repeat(6, (i) => stroke(`M${-50 + i * 20} -252 V-212`, p.light, 6, 0.7)) +
      box(-63, -150, 126, 22, tones.paper) +
      box(-63, -112, 126, 14, tones.flame)
    return placed(sock, 'translate(270 372) rotate(-6)') + placed(sock, 'translate(450 384) rotate(4)')
  },

  hat: (p: Palette) =>
    oval(400, 520, 290, 84, p.shade) +
    oval(400, 506, 290, 80, p.base) +
    path('M240 500 Q240 250 400 244 Q560 250 560 500 Q400 560 240 500 Z', p.base) +
    path('M400 244 Q560 250 560 500 Q520 518 470 526 Q520 340 400 244 Z', p.shade, 0.5) +
    path('M238 440 Q400 500 562 440 V500 Q400 560 238 500 Z', p.shade) +
    dashes('M150 530 Q400 600 650 530', p.light, 5, '14 10') +
    dashes('M180 552 Q400 612 620 552', p.light, 5, '14 10') +
    stroke('M286 420 Q290 310 360 280', p.light, 13, 0.7) +
    disc(520, 400, 8, p.light) +
    disc(496, 416, 8, p.light),

  mittens: (p: Palette) => {
    const mitten =
      path('M-88 -40 Q-88 -230 10 -230 Q100 -230 100 -40 L92 130 H-80 Z', p.base) +
      path('M-76 60 Q-150 30 -160 -50 Q-160 -94 -122 -92 Q-92 -88 -86 -20 Z', p.shade) +
      path('M10 -230 Q100 -230 100 -40 L92 130 H40 Q70 -120 10 -230 Z', p.shade, 0.45) +
      box(-92, 118, 196, 110, p.shade, 26) +
      repeat(6, (i) => stroke(`M${-70 + i * 30} 136 V210`, p.light, 7, 0.6)) +
      path('M6 -160 L34 -100 H22 L46 -48 H14 V-18 H-2 V-48 H-34 L-10 -100 H-22 Z', tones.paper)
    return (
      placed(mitten, 'translate(266 396) rotate(-8) scale(.86)') +
      placed(mitten, 'translate(534 396) rotate(8) scale(-.86 .86)')
    )
  },

  scarf: (p: Palette) =>
    path('M250 260 Q240 180 400 176 Q560 180 550 260 Q560 340 400 346 Q240 340 250 260 Z', p.shade) +
    oval(400, 246, 96, 40, p.ground) +
    path('M300 300 H410 L390 600 H270 Z', p.base) +
    path('M400 290 H510 L560 560 H442 Z', p.shade) +
    path('M250 268 Q330 330 400 330 Q480 330 552 262 Q560 350 400 372 Q244 352 250 268 Z', p.light) +
    path('M370 300 Q420 280 450 320 Q450 390 400 396 Q360 380 370 300 Z', p.base) +
    repeat(3, (i) => path(`M${291 - i * 7} ${430 + i * 56} h${110} l-2 24 h-110 Z`, i === 1 ? tones.paper : p.light)) +
    repeat(2, (i) => path(`M${428 + i * 12} ${440 + i * 56} h112 l5 24 h-112 Z`, i === 1 ? tones.paper : p.light)) +
    repeat(7, (i) => stroke(`M${276 + i * 18} 602 V636`, p.base, 8)) +
    repeat(7, (i) => stroke(`M${450 + i * 17.6} 562 l4 34`, p.shade, 8)),
}
