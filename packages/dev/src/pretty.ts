import { prettyFactory } from 'pino-pretty'

const pretty = prettyFactory({
  colorize: process.stdout.isTTY,
  ignore: 'pid,hostname,name',
  translateTime: 'HH:MM:ss',
  singleLine: true,
})

/** A line of a process for a person: its JSON log entry made readable, anything else as it is. */
export function prettyLine(line: string): string {
  const at = line.indexOf('{"level":')
  return at === -1 ? line : `${line.slice(0, at)}${pretty(line.slice(at)).trimEnd()}`
}
