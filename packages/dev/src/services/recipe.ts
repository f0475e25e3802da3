/** How one kind of server is prepared, started and asked whether it answers. `home` is the folder it has to itself. */
export interface Recipe<Env extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  /** How many ports it takes. */
  readonly ports: number
  /** The first of them, for a server that people start by hand. */
  readonly port: number
  /** Makes what the server needs and does not have yet: the program, its settings, an empty data folder. */
  prepare(home: string, ports: readonly number[], log: (line: string) => void): Promise<void>
  /** The program and its arguments; one of them holds `home`, by which its process is known again. */
  command(home: string, ports: readonly number[]): Promise<readonly [string, ...string[]]>
  answers(home: string, ports: readonly number[]): Promise<boolean>
  /** How programs find it. */
  env(home: string, ports: readonly number[]): Env
}

/** The n-th of a server's ports. Throws when the recipe asked for fewer. */
export function portOf(ports: readonly number[], index: number): number {
  const port = ports[index]
  if (port === undefined) throw new RangeError(`The server has ${ports.length} ports, and not one numbered ${index}.`)
  return port
}
