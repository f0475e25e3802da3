import type { TestShop } from '@barrow/dev/test-shop'
import { afterAll, expect } from 'vitest'
import type { EngineName } from '../../../platform/ports/search.ts'
import { followsChanges } from './contract/changes.contract.ts'
import { filtersAndCounts } from './contract/filters.contract.ts'
import { bearsAnything } from './contract/hostile.contract.ts'
import { openOffers } from './contract/offers.ts'
import { readsInPages } from './contract/pages.contract.ts'
import { findsByWords } from './contract/words.contract.ts'

/** What searches promise, whatever engine answers: the same hits and the same counts; only who comes first may differ. */
export function keepsSearchContract(shop: TestShop, engine: EngineName): void {
  const offers = openOffers(shop)
  findsByWords(offers)
  filtersAndCounts(offers)
  readsInPages(offers, engine)
  bearsAnything(offers)
  followsChanges(offers)

  afterAll(async () => {
    const { values } = await shop.runtime.metrics.searches.get()
    expect(values.map(({ labels }) => labels.engine)).toEqual([engine])
  })
}
