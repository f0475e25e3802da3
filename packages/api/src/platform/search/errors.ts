import { conflict, unavailable } from '../errors.ts'

export const cursorExpired = conflict(
  'cursor_expired',
  'The list has been made anew since this page. Begin again at its first page.',
)
export const searchNotReady = unavailable('search_not_ready', 'The search index is being made. Try again in a moment.')
export const rebuildUnderWay = conflict('rebuild_under_way', 'The index is being rebuilt already.')
export const rebuildLost = conflict('rebuild_lost', 'Another rebuild of the index has taken over.')
export const searchRefused = unavailable(
  'search_refused',
  'The search server does not let the shop in: what it signs in with is wrong, or may not do this.',
)
