/** A table that a person reads: the first `left` columns begin at the left, figures end at the right. */
export function columns(titles: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [titles, ...rows].map(line).join('\n')
}
