import { Migration20261123000000 } from './20261123000000_initial.ts'
import { Migration20261123103751 } from './20261123103751_limit_counts.ts'
import { Migration20261123105858 } from './20261123105858_second_factor.ts'
import { Migration20261123111500 } from './20261123111500_search_documents.ts'
import { Migration20261123112800 } from './20261123112800_observe.ts'
import { Migration20261123142020 } from './20261123142020_ask_again.ts'
import { Migration20261123235455 } from './20261123235455_listed_cards.ts'
import { Migration20261124042802 } from './20261124042802_active_variants.ts'

/** In the order they run. Listed here, not found in a folder, so that a bundled program has them too. */
export const migrations = [
  // The newest comes last.
  { name: '20261123000000_initial', class: Migration20261123000000 },
  { name: '20261123103751_limit_counts', class: Migration20261123103751 },
  { name: '20261123105858_second_factor', class: Migration20261123105858 },
  { name: '20261123111500_search_documents', class: Migration20261123111500 },
  { name: '20261123112800_observe', class: Migration20261123112800 },
  { name: '20261123142020_ask_again', class: Migration20261123142020 },
  { name: '20261123235455_listed_cards', class: Migration20261123235455 },
  { name: '20261124042802_active_variants', class: Migration20261124042802 },
]
