import type { Palette } from '../palettes.ts'
import { box, disc, oval, path, placed, repeat, stroke } from './shapes.ts'
import { tones } from './tones.ts'

/** What stands on a table: mugs and cookware. */
export const table = {
  enamelMug: (p: Palette) =>
    stroke('M505 345 C610 330 620 520 495 520', p.shade, 34) +
    path('M250 290 H510 L494 600 Q492 622 470 622 H290 Q268 622 266 600 Z', p.base) +
    path('M430 290 H510 L494 600 Q492 622 470 622 H420 Q445 470 430 290 Z', p.shade, 0.55) +
    box(238, 272, 284, 30, tones.iron, 15) +
    repeat(16, (i) => disc(285 + ((i * 73) % 190), 340 + ((i * 109) % 250), 4 + (i % 3) * 2, tones.iron, 0.45)) +
    stroke('M290 345 L300 540', p.light, 14, 0.7),

  stonewareCup: (p: Palette) =>
    oval(400, 612, 210, 26, p.shade) +
    oval(400, 602, 210, 26, p.light) +
    path('M265 310 H535 Q545 500 480 590 Q470 602 450 602 H350 Q330 602 320 590 Q255 500 265 310 Z', p.light) +
    path(
      'M265 310 H535 Q540 400 522 470 Q490 440 455 468 Q420 496 385 462 Q345 428 310 462 Q290 478 276 462 Q262 390 265 310 Z',
      p.base,
    ) +
    oval(400, 310, 135, 30, p.shade) +
    oval(400, 316, 116, 22, tones.leather) +
    stroke('M370 240 Q350 205 375 175 M430 240 Q410 205 435 175', p.shade, 12, 0.45),

  tumbler: (p: Palette) =>
    path('M285 250 H515 L480 610 Q478 624 462 624 H338 Q322 624 320 610 Z', p.base) +
    path('M440 250 H515 L480 610 Q478 624 462 624 H430 Z', p.shade, 0.6) +
    path('M297 380 H503 L490 500 H310 Z', tones.wood) +
    repeat(9, (i) => stroke(`M${318 + i * 21} 384 L${325 + i * 19} 496`, tones.woodShade, 4, 0.7)) +
    path('M275 222 Q275 205 292 205 H508 Q525 205 525 222 V252 H275 Z', tones.iron) +
    box(335, 186, 90, 22, tones.iron, 10) +
    stroke('M315 270 L322 360', p.light, 12, 0.7),

  flask: (p: Palette) =>
    stroke('M492 330 H545 Q560 330 560 345 V500 Q560 515 545 515 H492', tones.iron, 22) +
    path('M310 280 Q310 250 340 250 H460 Q490 250 490 280 V596 Q490 624 462 624 H338 Q310 624 310 596 Z', p.base) +
    path('M430 250 H460 Q490 250 490 280 V596 Q490 624 462 624 H430 Z', p.shade, 0.6) +
    box(310, 540, 180, 26, tones.metal) +
    box(318, 232, 164, 24, tones.metalShade, 6) +
    path('M325 160 Q325 140 345 140 H455 Q475 140 475 160 V234 H325 Z', tones.metal) +
    path('M435 140 H455 Q475 140 475 160 V234 H435 Z', tones.metalShade) +
    stroke('M338 290 V510', p.light, 14, 0.7),

  glasses: (p: Palette) => {
    const glass =
      path('M0 0 H180 L164 250 Q162 264 148 264 H32 Q18 264 16 250 Z', tones.white, 0.55) +
      path('M8 110 H172 L164 250 Q162 264 148 264 H32 Q18 264 16 250 Z', p.base, 0.75) +
      oval(90, 110, 82, 14, p.light) +
      oval(90, 0, 90, 16, tones.white, 0.8) +
      stroke('M26 40 L36 220', tones.white, 10, 0.8)
    return placed(glass, 'translate(424 395) scale(.86)') + placed(glass, 'translate(205 334) scale(1.1)')
  },

  skillet: (p: Palette) =>
    placed(
      box(-38, 170, 76, 260, p.base, 38) + oval(0, 385, 14, 24, p.ground) + stroke('M-14 200 V320', p.light, 10, 0.6),
      'translate(330 360) rotate(-42)',
    ) +
    disc(330, 360, 205, p.shade) +
    disc(330, 352, 205, p.base) +
    disc(330, 356, 172, p.shade) +
    path(
      'M230 330 Q220 270 290 262 Q350 240 395 290 Q450 320 420 380 Q410 440 340 432 Q270 450 252 400 Q225 380 230 330 Z',
      tones.white,
    ) +
    disc(325, 350, 52, tones.flame) +
    disc(310, 335, 14, tones.flameCore),

  kettle: (p: Palette) =>
    stroke('M270 360 Q270 150 400 150 Q530 150 530 360', tones.iron, 20) +
    box(340, 134, 120, 34, tones.wood, 17) +
    path('M540 440 Q610 420 640 330 L676 344 Q660 500 530 540 Z', p.shade) +
    path('M225 600 Q205 600 210 560 Q225 350 320 330 H480 Q575 350 590 560 Q595 600 575 600 Z', p.base) +
    path('M480 330 Q575 350 590 560 Q595 600 575 600 H480 Q540 470 480 330 Z', p.shade, 0.6) +
    box(215, 590, 370, 32, tones.iron, 14) +
    path('M310 334 Q320 296 400 296 Q480 296 490 334 Z', p.light) +
    disc(400, 286, 20, tones.iron) +
    stroke('M262 540 Q270 420 325 375', p.light, 16, 0.75),

  board: (p: Palette) =>
    placed(
      path(
        'M-150 -160 Q-150 -190 -120 -190 H-46 Q-34 -190 -34 -204 V-290 Q-34 -324 0 -324 Q34 -324 34 -290 V-204 Q34 -190 46 -190 H120 Q150 -190 150 -160 V210 Q150 240 120 240 H-120 Q-150 240 -150 210 Z',
        p.base,
      ) +
        disc(0, -280, 15, p.ground) +
        repeat(5, (i) => stroke(`M${-110 + i * 54} -150 Q${-130 + i * 60} 20 ${-108 + i * 52} 205`, p.shade, 6, 0.5)) +
        path('M-40 60 Q-90 10 -60 -50 Q0 -50 10 20 Q0 60 -40 60 Z', tones.leaf) +
        path('M30 130 Q-10 80 40 30 Q100 40 95 100 Q75 135 30 130 Z', tones.leafShade) +
        stroke('M-52 40 L-30 -20 M45 118 L65 62', tones.white, 5, 0.5),
      'translate(400 420) rotate(8)',
    ),

  dripper: (p: Palette) =>
    stroke('M520 330 Q590 330 575 270 Q565 240 515 252', p.shade, 22) +
    path('M270 210 H530 L455 372 H345 Z', p.base) +
    path('M450 210 H530 L455 372 H415 Z', p.shade, 0.6) +
    box(255, 190, 290, 28, p.light, 14) +
    box(300, 368, 200, 24, p.shade, 12) +
    path(
      'M330 392 H470 L476 430 Q560 470 560 560 Q560 622 500 622 H300 Q240 622 240 560 Q240 470 324 430 Z',
      tones.white,
      0.6,
    ) +
    path('M247 530 H553 Q560 545 560 560 Q560 622 500 622 H300 Q240 622 240 560 Q240 545 247 530 Z', tones.leather) +
    oval(400, 530, 154, 16, '#a5714b') +
    stroke('M272 545 Q275 490 318 460', tones.white, 12, 0.85) +
    disc(400, 470, 9, tones.leather) +
    disc(400, 428, 7, tones.leather),

  bowls: (p: Palette) =>
    path('M170 330 H630 Q620 470 520 490 H280 Q180 470 170 330 Z', p.light) +
    oval(400, 330, 230, 34, p.shade) +
    oval(400, 336, 205, 24, p.base) +
    path('M205 410 H595 Q585 535 495 555 H305 Q215 535 205 410 Z', p.base) +
    path('M500 410 H595 Q585 535 495 555 H450 Q510 500 500 410 Z', p.shade, 0.5) +
    box(200, 398, 400, 24, p.shade, 12) +
    path('M250 490 H550 Q540 605 470 622 H330 Q260 605 250 490 Z', p.shade) +
    box(244, 478, 312, 24, p.light, 12) +
    stroke('M240 440 Q250 500 285 525', tones.white, 10, 0.4),
}
