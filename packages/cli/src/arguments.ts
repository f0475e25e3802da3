import { InvalidArgumentError } from 'commander'

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}

/** A moment as ISO 8601 writes it; without a time, the beginning of that day in UTC. */
export function moment(text: string): Date {
  const at = new Date(text)
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('must be a moment such as 2026-11-23 or 2026-11-23T09:30:00Z')
  return at
}
