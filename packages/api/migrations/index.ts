import { Migration20261123000000 } from './20261123000000_initial.ts'

/** In the order they run. Listed here, not found in a folder, so that a bundled program has them too. */
export const migrations = [
  // The newest comes last.
  { name: '20261123000000_initial', class: Migration20261123000000 },
]
