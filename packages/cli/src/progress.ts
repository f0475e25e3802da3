import { type Output, say } from './io.ts'

const LINE_EVERY_MS = 5_000

/** How far long work has come: one line rewritten on a terminal, a line every few seconds elsewhere. */
export interface Progress {
  update(state: string): void
  /** Writes a line that stays. */
  note(line: string): void
  /** Leaves the terminal with no half line. */
  end(): void
}

export function createProgress(output: Output): Progress {
  let last = performance.now()
  let shown = false
  const clear = () => {
    if (shown) output.write('\r\u001b[K')
    shown = false
  }
  return {
    update(state) {
      if (output.isTTY) {
        clear()
        output.write(state)
        shown = true
        return
      }
      if (performance.now() - last < LINE_EVERY_MS) return
      last = performance.now()
      say(output, state)
    },
    note(line) {
      clear()
      say(output, line)
    },
    end: clear,
  }
}
