interface Call {
  readonly marks: object
}

/** What waits for the commit of a transaction, by the marks of its call. */
const waiting = new WeakMap<object, (() => void)[]>()

/** Does something in this process once the transaction of this call has committed; of one that is taken back, nothing. */
export function atCommit({ marks }: Call, act: () => void): void {
  const all = waiting.get(marks) ?? []
  waiting.set(marks, all)
  all.push(act)
}

/** Called by whoever has committed. */
export function committed({ marks }: Call): void {
  for (const act of waiting.get(marks) ?? []) act()
}
