export { SearchMarkSchema } from './entity.ts'
export { indexDue } from './search/index-due.ts'
export { noteForSearch, searchEvents } from './search/note.ts'
export { ensureIndex, rebuild, tidyIndexes } from './search/rebuild.ts'
