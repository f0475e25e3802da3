import type { DemoCategory } from './types.ts'

/** The tree of the demo shop; a parent comes before its children. Products hang on the leaves. */
export const categories: readonly DemoCategory[] = [
  { slug: 'home', name: 'Home', parent: null },
  { slug: 'kitchen', name: 'Kitchen', parent: 'home' },
  { slug: 'mugs', name: 'Mugs & flasks', parent: 'kitchen' },
  { slug: 'cookware', name: 'Cookware', parent: 'kitchen' },
  { slug: 'textiles', name: 'Blankets & textiles', parent: 'home' },
  { slug: 'lighting', name: 'Lighting', parent: 'home' },
  { slug: 'outdoor', name: 'Outdoor', parent: null },
  { slug: 'tents', name: 'Tents & tarps', parent: 'outdoor' },
  { slug: 'sleeping', name: 'Sleeping', parent: 'outdoor' },
  { slug: 'packs', name: 'Bags & packs', parent: 'outdoor' },
  { slug: 'clothing', name: 'Clothing', parent: null },
  { slug: 'knitwear', name: 'Knitwear & layers', parent: 'clothing' },
  { slug: 'accessories', name: 'Hats, socks & mittens', parent: 'clothing' },
  { slug: 'garden', name: 'Garden', parent: null },
]
