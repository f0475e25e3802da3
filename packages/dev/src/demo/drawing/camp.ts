import type { Palette } from '../palettes.ts'
import { box, disc, mirrored, oval, path, placed, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

/** What a night outside takes: tents, and what one sleeps in. */
export const camp = {
  tent: (p: Palette) =>
    stroke('M400 210 L130 640 M400 210 L670 640', tones.metalShade, 6) +
    path('M400 220 L640 624 H160 Z', p.base) +
    path('M400 220 L640 624 H480 Z', p.shade, 0.7) +
    path('M400 270 L500 624 H300 Z', tones.dark, 0.55) +
    path('M400 270 Q390 470 300 624 H236 Z', p.light) +
    path('M400 270 Q430 470 500 624 H556 Z', p.light, 0.8) +
    stroke('M400 195 V226', tones.wood, 14) +
    mirrored(stroke('M196 560 L110 640', p.shade, 5) + stroke('M104 622 L116 656', tones.woodShade, 10)),

  dome: (p: Palette) =>
    path('M120 624 Q150 250 400 240 Q650 250 680 624 Z', p.base) +
    path('M400 240 Q650 250 680 624 H540 Q545 380 400 240 Z', p.shade, 0.65) +
    stroke('M120 624 Q180 270 400 240 Q560 260 560 624 M680 624 Q620 270 400 240 Q240 260 240 624', p.light, 9) +
    path('M310 624 V470 Q310 390 400 390 Q490 390 490 470 V624 Z', tones.dark, 0.6) +
    path('M310 624 V470 Q310 400 370 392 Q340 520 360 624 Z', p.light) +
    path('M180 470 Q205 410 250 395 V470 Z', tones.flameCore, 0.8) +
    path('M620 470 Q595 410 550 395 V470 Z', tones.flameCore, 0.5) +
    box(104, 616, 592, 14, p.shade, 7),

  tarp: (p: Palette) =>
    stroke('M180 260 V640', tones.wood, 16) +
    stroke('M620 260 V640', tones.woodShade, 16) +
    stroke('M180 262 L70 640 M620 262 L730 640', tones.metalShade, 5) +
    path('M150 270 Q400 330 650 270 L600 420 Q400 460 200 420 Z', p.base) +
    path('M150 270 Q400 330 650 270 L646 284 Q400 346 154 284 Z', p.light) +
    path('M650 270 L600 420 Q500 442 430 442 Q540 380 560 292 Z', p.shade, 0.55) +
    stroke('M400 314 V442', p.shade, 5) +
    path('M400 486 Q446 540 436 588 Q428 616 400 616 Q372 616 364 588 Q354 540 400 486 Z', tones.flame) +
    path('M400 544 Q420 574 414 598 Q410 610 400 610 Q390 610 386 598 Q380 574 400 544 Z', tones.flameCore) +
    stroke('M346 626 L454 602 M346 602 L454 626', tones.woodShade, 18),

  cord: (p: Palette) =>
    repeat(
      5,
      (i) =>
        `<ellipse cx="400" cy="${400 + (i % 2) * 6}" rx="${206 - i * 24}" ry="${178 - i * 24}" fill="none" stroke="${i % 2 ? p.light : p.base}" stroke-width="21"/>`,
    ) +
    `<ellipse cx="400" cy="400" rx="206" ry="178" fill="none" stroke="${p.shade}" stroke-width="4" stroke-dasharray="10 26"/>` +
    path('M366 190 H434 V600 Q434 622 400 622 Q366 622 366 600 Z', p.shade) +
    repeat(9, (i) => stroke(`M368 ${226 + i * 44} L432 ${206 + i * 44}`, p.light, 8, 0.8)) +
    stroke('M430 250 Q560 210 590 150 Q600 110 640 120', p.base, 20) +
    stroke('M624 116 L660 128', tones.metal, 24),

  pegs: (p: Palette) =>
    repeat(4, (i) =>
      placed(
        path('M-15 -220 H15 L11 190 L0 226 L-11 190 Z', i % 2 ? p.light : p.base) +
          path('M3 -220 H15 L11 190 L0 226 Z', p.shade, 0.6) +
          path('M-15 -220 Q-15 -262 28 -258 Q44 -256 40 -236 Q30 -240 15 -214 H-15 Z', i % 2 ? p.light : p.base) +
          disc(0, -190, 7, p.ground) +
          stroke('M0 -188 q-40 30 -20 66 q12 20 26 4', tones.flame, 7),
        `translate(${226 + i * 116} 400) rotate(${-9 + i * 6})`,
      ),
    ),

  sleepingBag: (p: Palette) =>
    placed(
      path(
        'M0 -270 Q112 -270 128 -150 Q150 0 112 190 Q96 262 0 262 Q-96 262 -112 190 Q-150 0 -128 -150 Q-112 -270 0 -270 Z',
        p.base,
      ) +
        path('M0 -270 Q112 -270 128 -150 Q150 0 112 190 Q96 262 0 262 Q80 200 78 0 Q78 -200 0 -270 Z', p.shade, 0.5) +
        repeat(5, (i) =>
          stroke(
            `M${-131 + i * 7} ${-62 + i * 60} Q0 ${-30 + i * 60} ${131 - i * 7} ${-62 + i * 60}`,
            p.shade,
            8,
            0.85,
          ),
        ) +
        oval(0, -176, 88, 76, p.shade) +
        oval(0, -168, 72, 62, tones.flameCore) +
        oval(0, -152, 66, 44, tones.paper) +
        stroke('M74 -120 Q92 20 76 150', p.light, 7) +
        disc(75, -110, 9, tones.metal),
      'translate(400 380) rotate(12)',
    ),

  stuffSack: (p: Palette) =>
    path('M240 300 H520 Q600 300 600 460 Q600 620 520 620 H240 Z', p.base) +
    path('M240 520 H590 Q570 620 520 620 H240 Z', p.shade, 0.55) +
    oval(240, 460, 86, 160, p.light) +
    oval(240, 460, 60, 116, p.base) +
    stroke('M240 460 q-30 -40 0 -70 q34 20 20 74 q-20 60 -54 20 q-22 -60 10 -112', p.shade, 8) +
    stroke('M352 300 Q400 460 352 620 M478 300 Q530 460 478 620', tones.iron, 24) +
    stroke('M352 300 Q415 210 478 300', tones.iron, 20) +
    box(376, 448, 36, 48, tones.metal, 8) +
    box(502, 448, 36, 48, tones.metal, 8),

  mat: (p: Palette) =>
    box(300, 330, 330, 230, p.base) +
    repeat(6, (i) => box(300, 352 + i * 38, 330, 12, p.shade, 6, 0.7)) +
    oval(630, 445, 60, 115, p.shade) +
    disc(290, 445, 178, p.shade) +
    disc(290, 445, 168, p.light) +
    stroke(
      'M290 445 m0 -14 a14 14 0 1 1 -14 14 a40 40 0 1 1 40 40 a66 66 0 1 1 66 -66 a96 96 0 1 1 -96 -96 a122 122 0 1 1 -122 122',
      p.base,
      13,
    ) +
    path('M290 612 H630 Q680 606 690 622 H290 Z', p.shade) +
    box(470, 322, 34, 246, tones.iron, 8) +
    box(464, 420, 46, 56, tones.metal, 8),

  pillow: (p: Palette) =>
    box(540, 284, 40, 60, tones.iron, 8) +
    box(530, 276, 60, 18, tones.metal, 9) +
    path(
      'M170 380 Q180 320 250 330 Q400 350 550 330 Q620 320 630 380 Q600 470 630 560 Q620 622 550 612 Q400 592 250 612 Q180 622 170 560 Q200 470 170 380 Z',
      p.base,
    ) +
    path(
      'M630 380 Q600 470 630 560 Q620 622 550 612 Q470 600 400 598 Q560 560 550 330 Q620 320 630 380 Z',
      p.shade,
      0.4,
    ) +
    stroke('M225 390 Q400 420 575 390 M225 552 Q400 522 575 552', p.light, 10) +
    repeat(3, (i) => disc(290 + i * 110, 471, 15, p.shade)) +
    repeat(3, (i) =>
      stroke(
        `M${420 + i * 44} ${280 - i * 40} h${26 + i * 6} l${-26 - i * 6} ${30 + i * 4} h${26 + i * 6}`,
        p.shade,
        8,
        0.6,
      ),
    ),

  hammock: (p: Palette) =>
    box(90, 60, 54, 590, tones.wood, 10) +
    box(656, 60, 54, 590, tones.woodShade, 10) +
    stroke('M117 250 L250 380 M117 250 L216 410 M683 250 L550 380 M683 250 L584 410', tones.paper, 6) +
    box(84, 232, 66, 34, p.shade, 8) +
    box(650, 232, 66, 34, p.shade, 8) +
    path('M206 372 Q400 470 594 372 Q580 570 400 580 Q220 570 206 372 Z', p.base) +
    path('M206 372 Q400 470 594 372 Q586 400 576 420 Q400 500 224 420 Q214 400 206 372 Z', p.light) +
    path('M594 372 Q580 570 400 580 Q520 520 540 400 Z', p.shade, 0.5) +
    repeat(3, (i) =>
      stroke(
        `M${236 + i * 18} ${468 + i * 34} Q400 ${536 + i * 22} ${564 - i * 18} ${468 + i * 34}`,
        tones.paper,
        9,
        0.6,
      ),
    ) +
    oval(300, 408, 58, 26, tones.paper),
}
