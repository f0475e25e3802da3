import * as catalog from '@barrow/api/catalog'
import { consumer } from '../consumer.ts'

/** Notes which products have to be read anew for the search. It is safe to have it hear everything again. */
export const search = consumer({
  name: 'search',
  events: catalog.searchEvents,
  handle: catalog.noteForSearch,
  replayable: true,
})
