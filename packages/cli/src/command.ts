import type { Command } from 'commander'
import type { Io } from './io.ts'

/** Makes a command. `finish` sets the exit status of one that did its work and found something wrong. */
export type MakeCommand = (io: Io, finish: (status: number) => void) => Command
