/** A page of a list, as every list of the shop answers it. */
interface Page<Row> {
  rows: Row[]
  next: string | null
}

/**
 * Walks a list from page to page, asking for the next one when it is needed and holding one at a time. Raises what the
 * list raises.
 *
 * @param list The list itself: `barrow.category.list`.
 * @param input Its input; with a `cursor` the walk begins there.
 *
 * @example
 * ```ts
 * import { createBarrow, iterate } from '@barrow/sdk'
 *
 * const barrow = createBarrow({ url: 'http://localhost:4000' })
 * for await (const category of iterate(barrow.category.list, { limit: 100 })) console.log(category.name)
 * ```
 */
export async function* iterate<Input extends { cursor?: string | undefined }, Row>(
  list: { query(input: Input, options?: { signal?: AbortSignal }): Promise<Page<Row>> },
  input: NoInfer<Input>,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<Row, void, undefined> {
  let from: Input | undefined = input
  while (from !== undefined) {
    const page: Page<Row> = await list.query(from, options)
    yield* page.rows
    from = page.next === null ? undefined : { ...input, cursor: page.next }
  }
}
