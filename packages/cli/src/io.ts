import type { Readable, Writable } from 'node:stream'

/** A place to write lines to; a terminal can rewrite the line it stands on. */
export type Output = Writable & { readonly isTTY?: boolean }

/** What a command has of the world around it: everything it reads or writes outside the shop. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder in which a running `pnpm dev` leaves its settings. */
  readonly root: string
  readonly input: Readable & { readonly isTTY?: boolean }
  /** Results. */
  readonly out: Output
  /** Progress, reports and errors. */
  readonly err: Output
  /** Ctrl-C, for commands that go on until then; a command that does not ask is ended by it as any program. */
  interrupted(): AbortSignal
}

export const say = (output: Output, line: string): void => {
  output.write(`${line}\n`)
}
