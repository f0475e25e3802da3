import type { Palette } from '../palettes.ts'
import { box, dashes, disc, oval, path, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

/** Bags and packs. */
export const carry = {
  daypack: (p: Palette) =>
    stroke('M345 210 Q345 140 400 140 Q455 140 455 210', tones.leather, 20) +
    path('M230 330 Q230 190 400 190 Q570 190 570 330 V590 Q570 624 536 624 H264 Q230 624 230 590 Z', p.base) +
    path('M480 200 Q570 220 570 330 V590 Q570 624 536 624 H480 Q510 400 480 200 Z', p.shade, 0.55) +
    path('M230 330 Q230 190 400 190 Q570 190 570 330 V380 H230 Z', p.light) +
    path('M490 204 Q570 230 570 330 V380 H500 Q515 290 490 204 Z', p.base, 0.6) +
    path('M275 440 H525 V570 Q525 596 499 596 H301 Q275 596 275 570 Z', p.shade) +
    dashes('M290 456 H510', p.light, 6, '14 10') +
    box(300, 350, 34, 110, tones.leather, 8) +
    box(466, 350, 34, 110, tones.leather, 8) +
    box(296, 408, 42, 30, tones.metal, 6) +
    box(462, 408, 42, 30, tones.metal, 6),

  trekkingPack: (p: Palette) =>
    box(250, 108, 300, 74, tones.flame, 37) +
    disc(288, 145, 37, '#d99a2e') +
    stroke('M288 145 m0 -8 a8 8 0 1 1 -8 8 a20 20 0 1 1 20 20', tones.flameCore, 6) +
    path('M170 380 Q170 350 200 350 H250 V590 H200 Q170 590 170 560 Z', p.shade) +
    path('M630 380 Q630 350 600 350 H550 V590 H600 Q630 590 630 560 Z', p.shade) +
    path('M240 250 H560 V590 Q560 630 520 630 H280 Q240 630 240 590 Z', p.base) +
    path('M470 250 H560 V590 Q560 630 520 630 H470 Z', p.shade, 0.5) +
    path('M226 262 Q226 176 310 176 H490 Q574 176 574 262 V300 H226 Z', p.light) +
    path('M490 176 Q574 176 574 262 V300 H500 Z', p.base, 0.5) +
    box(290, 430, 220, 160, p.shade, 26) +
    stroke('M312 470 H488', p.light, 8) +
    box(296, 290, 22, 130, tones.iron, 6) +
    box(482, 290, 22, 130, tones.iron, 6) +
    box(290, 350, 34, 26, tones.metal, 5) +
    box(476, 350, 34, 26, tones.metal, 5) +
    stroke('M196 380 V560 M604 380 V560', p.light, 6, 0.6),

  dryBag: (p: Palette) =>
    stroke('M290 236 Q280 140 400 140 Q520 140 510 236', tones.iron, 18) +
    box(372, 126, 56, 36, tones.metalShade, 10) +
    path('M272 280 H528 L548 570 Q550 624 400 624 Q250 624 252 570 Z', p.base) +
    path('M440 280 H528 L548 570 Q550 616 450 622 Q480 440 440 280 Z', p.shade, 0.6) +
    box(266, 226, 268, 34, p.light, 8) +
    box(262, 256, 276, 30, p.shade, 8) +
    path('M300 360 Q400 384 500 360 V470 Q400 496 300 470 Z', p.light, 0.9) +
    stroke('M336 428 q32 -30 64 0 q32 30 64 0', p.shade, 10) +
    stroke('M290 310 L280 560', tones.white, 12, 0.35) +
    disc(262, 250, 14, tones.metal) +
    disc(538, 250, 14, tones.metal),

  waistPack: (p: Palette) =>
    stroke('M90 330 Q170 380 230 400 M710 330 Q630 380 570 400', tones.iron, 38) +
    box(92, 300, 62, 66, tones.metalShade, 12) +
    path(
      'M200 340 Q400 300 600 340 Q640 440 590 560 Q570 600 520 604 Q400 620 280 604 Q230 600 210 560 Q160 440 200 340 Z',
      p.base,
    ) +
    path('M520 326 Q560 330 600 340 Q640 440 590 560 Q570 600 520 604 H500 Q560 460 520 326 Z', p.shade, 0.55) +
    stroke('M224 392 Q400 352 576 392', p.light, 12) +
    path('M256 450 Q400 424 544 450 Q550 520 520 556 Q400 574 280 556 Q250 520 256 450 Z', p.shade) +
    stroke('M274 466 Q400 442 526 466', p.light, 9) +
    stroke('M560 392 L584 430', tones.flame, 10) +
    stroke('M512 470 L530 504', tones.flame, 9),

  tote: (p: Palette) =>
    stroke('M310 350 V220 Q310 130 400 130 Q490 130 490 220 V350', p.shade, 24) +
    path('M215 300 H585 L556 600 Q554 624 530 624 H270 Q246 624 244 600 Z', p.base) +
    path('M500 300 H585 L556 600 Q554 624 530 624 H480 Q510 460 500 300 Z', p.shade, 0.5) +
    box(215, 296, 370, 34, p.shade, 6) +
    stroke('M310 300 V380 M490 300 V380', p.shade, 24) +
    oval(390, 480, 82, 74, tones.paper) +
    path('M338 512 L380 430 L410 476 L426 452 L452 512 Z', tones.leaf) +
    disc(430, 434, 12, tones.flame) +
    repeat(2, (i) => dashes(`M${222 + i * 6} ${346 + i * 250} H${578 - i * 40}`, tones.paper, 4, '10 10', 0.6)),
}
