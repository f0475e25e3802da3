import type { Inputs, Outputs } from '@barrow/api/contract'

export type { Inputs, Outputs }

/** A category of the tree. */
export type Category = Outputs['category']['get']
export type CategoryId = Category['id']
