/** Rows of text under their headings, in columns two spaces apart; numbers are lined up at their right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = headings.map((heading, n) => Math.max(heading.length, ...rows.map((row) => String(row[n]).length)))
  const lineOf = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, n) =>
        typeof cell === 'number' ? String(cell).padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [headings, ...rows].map(lineOf)
}
