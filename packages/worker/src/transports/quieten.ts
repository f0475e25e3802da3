const SILENCE_MS = 30_000
const MOST = 100

/** Passes an error on unless the same was passed on a moment ago: what is away is tried several times a second. */
export function quieten(onError: (error: Error) => void): (error: Error) => void {
  const saidAt = new Map<string, number>()
  return (error) => {
    const said = `${error.name} ${error.message}`
    const now = performance.now()
    if (now - (saidAt.get(said) ?? -SILENCE_MS) < SILENCE_MS) return
    if (saidAt.size >= MOST) saidAt.clear()
    saidAt.set(said, now)
    onError(error)
  }
}
