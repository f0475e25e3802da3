import type { Draft } from '../define.ts'

export const gardening: readonly Draft[] = [
  {
    slug: 'hand-trowel',
    title: 'Hand Trowel',
    description:
      'One piece of carbon steel from tip to tang, with a handle turned to fill the palm. The edge is sharp enough for roots. Hang it up wet and it will forgive you twice.',
    category: 'garden',
    attributes: { material: 'Carbon steel, ash', season: 'Spring', care: 'Dry and oil' },
    sku: 'TRO',
    price: [2600, 2800],
    grams: 280,
    stock: [33],
    draw: ['trowel', 'oak', 'A hand trowel with a wooden handle'],
  },
  {
    slug: 'long-spout-watering-can',
    title: 'Long-spout Watering Can',
    description:
      'Balanced so that it pours from the wrist and not from the shoulder. The rose unscrews for seedlings and back on for beds. Galvanised inside, painted outside, repairable by anyone with solder.',
    category: 'garden',
    attributes: { material: 'Galvanised steel', season: 'Summer', care: 'Empty before frost' },
    sku: 'WAT',
    price: [4200, 4600],
    grams: 1250,
    options: { Colour: ['Mustard', 'Pine'], Volume: ['5 l', '9 l'] },
    adds: { '9 l': [1000, 1100, 480] },
    stock: [11, 7, 14, 0],
    draw: ['wateringCan', 'mustard', 'A yellow watering can with drops of water'],
  },
  {
    slug: 'terracotta-pot',
    title: 'Terracotta Pot',
    description:
      'Fired once and left bare, so that roots breathe and salt blooms on the outside where it looks old and kind. Each has a hole, as a pot should. Frostproof to minus ten.',
    category: 'garden',
    attributes: { material: 'Terracotta', season: 'Spring', care: 'Brush' },
    sku: 'POT',
    price: [900, 1000],
    grams: 700,
    options: { Diameter: ['14 cm', '20 cm', '28 cm'] },
    adds: { '20 cm': [700, 800, 900], '28 cm': [1800, 2000, 2600] },
    stock: [50, 34, 12],
    draw: ['pot', 'clay', 'A terracotta pot with green leaves'],
  },
  {
    slug: 'meadow-seeds',
    title: 'Meadow Seeds',
    description:
      'Twenty-two kinds that bees vote for, enough for four square metres. Rake, scatter, tread, wait. The second year is better than the first.',
    category: 'garden',
    status: 'draft',
    attributes: { material: 'Seeds', season: 'Spring', care: 'Sow by May' },
    sku: 'SEE',
    price: [450, 500],
    grams: 25,
    stock: 'untracked',
    draw: ['seeds', 'rose', 'A packet of meadow seeds with a flower on it'],
  },
]
